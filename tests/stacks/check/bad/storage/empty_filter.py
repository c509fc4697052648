"""storage.disks.filter: it is empty, so no disk is taken; write one like '^sd[b-z]$' [disk-filter-is-regular-expression]"""

from tests.valid import environment, every_node, storage

ENVIRONMENT = environment(storage=storage(disks=every_node(filter="")))
