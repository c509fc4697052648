"""storage.disks: nodes is empty, so there is no disk; write {node: [disk]} [named-nodes-have-disks]"""

from tests.valid import environment, named_nodes, storage

ENVIRONMENT = environment(storage=storage(disks=named_nodes(nodes={})))
