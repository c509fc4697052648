"""storage.disks.filter: '^sd[b-z$' is not a regular expression (unterminated character set at position 3); write one like '^sd[b-z]$' [disk-filter-is-regular-expression]"""

from tests.valid import environment, every_node, storage

ENVIRONMENT = environment(storage=storage(disks=every_node(filter="^sd[b-z$")))
