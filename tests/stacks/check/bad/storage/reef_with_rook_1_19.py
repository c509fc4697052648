"""storage.image: 'quay.io/ceph/ceph:v18.2.7' is not a version of Ceph that Rook v1.19.10 supports; write 19 from 19.2.0 on, or 20 from 20.2.1 on [rook-supports-ceph-version]"""

from tests.valid import environment, operators, storage

ENVIRONMENT = environment(operators=operators(rook="v1.19.10"), storage=storage())
