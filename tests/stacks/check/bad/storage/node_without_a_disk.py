"""storage.disks: nodes.w-3 has no disk; write one, or leave the node out [named-nodes-have-disks]"""

from tests.valid import environment, named_nodes, storage

ENVIRONMENT = environment(
    storage=storage(disks=named_nodes(nodes={"w-1": ["sdb"], "w-2": ["sdb"], "w-3": []}))
)
