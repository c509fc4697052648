"""CephCluster rook-ceph/rook-ceph: spec.storage.nodes.w-4: 'sdb' of w-4 stays in Ceph, as Rook removes no disk; remove its OSD by hand while Ceph is HEALTH_OK, before the disk is taken out [disk-stays-in-ceph]"""

from tests.valid import environment, named_nodes, storage

BEFORE = environment(storage=storage(disks=named_nodes("w-1", "w-2", "w-3", "w-4")))
AFTER = environment(storage=storage(disks=named_nodes()))
