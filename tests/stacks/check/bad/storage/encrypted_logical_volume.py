"""storage.disks.nodes.w-2: '/dev/vg0/osd' is a logical volume, which Rook does not encrypt and skips; write the whole disk, or encrypted=False [encrypted-disks-are-whole]"""

from tests.valid import environment, named_nodes, storage

ENVIRONMENT = environment(
    storage=storage(
        disks=named_nodes(nodes={"w-1": ["sdb"], "w-2": ["/dev/vg0/osd"], "w-3": ["sdb"]})
    )
)
