"""storage.disks: nodes.w-1 has 'sdb' twice; write it once [named-nodes-have-disks]"""

from tests.valid import environment, named_nodes, storage

ENVIRONMENT = environment(
    storage=storage(
        disks=named_nodes(nodes={"w-1": ["sdb", "sdb"], "w-2": ["sdb"], "w-3": ["sdb"]})
    )
)
