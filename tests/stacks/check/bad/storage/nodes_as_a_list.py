"""storage.disks.nodes: ['a', 'b', 'c'] is a list; write a dict {name: ...}"""

from tests.valid import environment, named_nodes, storage

ENVIRONMENT = environment(storage=storage(disks=named_nodes(nodes=["a", "b", "c"])))
