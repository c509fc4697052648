"""storage.disks.filter: '^/dev/sd[b-z]$' matches no disk, as a kernel name has no folder; write '^sd[b-z]$' [disk-filter-is-regular-expression]"""

from tests.valid import environment, every_node, storage

ENVIRONMENT = environment(storage=storage(disks=every_node(filter="^/dev/sd[b-z]$")))
