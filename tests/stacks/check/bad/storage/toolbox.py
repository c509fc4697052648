"""storage.toolbox: unknown field; StorageSpec has disks, name, namespace, image, copies, monitors, encrypted, resources, placement, ip_family, block_class, filesystem_class"""

from tests.valid import environment, storage

ENVIRONMENT = environment(storage=storage(toolbox=True))
