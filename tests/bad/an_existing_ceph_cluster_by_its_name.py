"""storage: 'rook-ceph' is not a StorageSpec; write StorageSpec(...) or ExistingCephSpec(...)"""

from tests.sound import environment

ENVIRONMENT = environment(storage="rook-ceph")
