"""storage.image: 'registry.example.org/ceph/ceph:20.2.5' is not a version of Ceph that Rook v1.17.9 supports; write 18 from 18.2.0 on, or 19.2.0 to 19.2.5 [rook-supports-ceph-version]"""

from tests.valid import environment, operators, storage

ENVIRONMENT = environment(
    operators=operators(), storage=storage(image="registry.example.org/ceph/ceph:20.2.5")
)
