"""CephCluster rook-ceph/rook-ceph: spec.cephVersion.image: Ceph 18.2.7 becomes the older 18.2.4, which Rook does not support; do it only if the newer one is broken [older-ceph-has-known-faults]"""

from tests.valid import environment, storage

BEFORE = environment(storage=storage(image="quay.io/ceph/ceph:v18.2.7"))
AFTER = environment(storage=storage(image="quay.io/ceph/ceph:v18.2.4"))
