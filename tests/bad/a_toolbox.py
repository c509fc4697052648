"""storage.toolbox: unknown field; StorageSpec has disks, name, namespace, image, copies, monitors, encrypted, block_class, filesystem_class"""

from tests.sound import environment, storage

ENVIRONMENT = environment(storage=storage(toolbox=True))
