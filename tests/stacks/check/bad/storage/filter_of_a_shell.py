"""storage.disks.filter: '*sd' is not a regular expression (nothing to repeat at position 0); write one like '^sd[b-z]$' [disk-filter-is-regular-expression]"""

from tests.valid import environment, every_node, storage

ENVIRONMENT = environment(storage=storage(disks=every_node(filter="*sd")))
