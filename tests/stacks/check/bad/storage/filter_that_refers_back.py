r"""storage.disks.filter: '^(sd)\1$' has '\1', which Go's regular expressions lack; write what must match, like '^sd[b-z]$' [disk-filter-is-regular-expression]"""

from tests.valid import environment, every_node, storage

ENVIRONMENT = environment(storage=storage(disks=every_node(filter=r"^(sd)\1$")))
