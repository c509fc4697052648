"""storage.disks.nodes.b.0: '/dev/' is not a disk; write a kernel name like 'nvme0n1', or a path like '/dev/disk/by-id/...' [disk-is-device]"""

from tests.valid import environment, named_nodes, storage

ENVIRONMENT = environment(
    storage=storage(disks=named_nodes(nodes={"a": ["sdb"], "b": ["/dev/"], "c": ["sdb"]}))
)
