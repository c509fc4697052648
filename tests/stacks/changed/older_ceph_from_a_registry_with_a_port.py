"""CephCluster rook-ceph/rook-ceph: spec.cephVersion.image: Ceph 19 cannot become 18, which does not read its data; write an image of 19 or newer [ceph-release-does-not-fall]"""

from tests.valid import environment, storage

BEFORE = environment(storage=storage(image="registry.lan:5000/ceph/ceph:v19.2.3"))
AFTER = environment(storage=storage(image="registry.lan:5000/ceph/ceph:v18.2.7"))
