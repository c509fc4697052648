"""storage.disks: '^sd[b-z]$' is not an EveryNodeSpec; write EveryNodeSpec(...) or NamedNodesSpec(...)"""

from tests.valid import environment, storage

ENVIRONMENT = environment(storage=storage(disks="^sd[b-z]$"))
