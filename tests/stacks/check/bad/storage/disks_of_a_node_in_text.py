"""storage.disks.nodes.b: 'sdb' is a str; write a list, like ['sdb']"""

from tests.valid import environment, named_nodes, storage

ENVIRONMENT = environment(
    storage=storage(disks=named_nodes(nodes={"a": ["sdb"], "b": "sdb", "c": ["sdb"]}))
)
