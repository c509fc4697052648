"""storage.tolerations: unknown field; StorageSpec has disks, name, namespace, image, copies, monitors, encrypted, resources, placement, ip_family, block_class, filesystem_class"""

from tests.valid import environment, named_nodes, storage

ENVIRONMENT = environment(
    storage=storage(disks=named_nodes(), tolerations=[{"key": "storage", "operator": "Exists"}])
)
