"""storage: 'rook-ceph' is not a StorageSpec; write StorageSpec(...) or ExistingCephSpec(...)"""

from tests.valid import environment

ENVIRONMENT = environment(storage="rook-ceph")
