"""storage.disks.filter: is missing; write it: Regular expression for the kernel name of a disk, like `^sd[b-z]$`"""

from tests.valid import LEFT_OUT, environment, every_node, storage

ENVIRONMENT = environment(storage=storage(disks=every_node(filter=LEFT_OUT)))
