"""storage.disks.filter: '^(?!sda)sd' has '(?!', which Go's regular expressions lack; write what must match, like '^sd[b-z]$' [disk-filter-is-regular-expression]"""

from tests.valid import environment, every_node, storage

ENVIRONMENT = environment(storage=storage(disks=every_node(filter="^(?!sda)sd")))
