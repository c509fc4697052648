"""storage.disks.nodes.w-1: 'sdb1' is a partition, which Rook does not encrypt and skips; write the whole disk, or encrypted=False [encrypted-disks-are-whole]"""

from tests.valid import environment, named_nodes, storage

ENVIRONMENT = environment(
    storage=storage(disks=named_nodes(nodes={"w-1": ["sdb1"], "w-2": ["sdb"], "w-3": ["sdb"]}))
)
