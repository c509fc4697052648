"""storage.image: 'quay.io/ceph/ceph:v16.2.15' is not a version of Ceph that Rook v1.17.9 supports; write one of v18 or v19 [rook-supports-ceph-version]"""

from tests.valid import environment, operators, storage

ENVIRONMENT = environment(
    operators=operators(), storage=storage(image="quay.io/ceph/ceph:v16.2.15")
)
