"""storage.tolerations: unknown field; write it into 'placement', which has it"""

from tests.valid import environment, named_nodes, storage

ENVIRONMENT = environment(
    storage=storage(disks=named_nodes(), tolerations=[{"key": "storage", "operator": "Exists"}])
)
