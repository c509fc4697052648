"""storage.disks: '^sd[b-z]$' is not an EveryNodeSpec; write EveryNodeSpec(...) or NamedNodesSpec(...)"""

from tests.sound import environment, storage

ENVIRONMENT = environment(storage=storage(disks="^sd[b-z]$"))
