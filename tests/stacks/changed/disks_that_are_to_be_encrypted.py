"""CephCluster rook-ceph/rook-ceph: spec.storage.config.encryptedDevice: disks that Ceph uses stay not encrypted, and only new ones are encrypted; replace their OSDs, one by one, to change that [disks-keep-their-encryption]"""

from tests.valid import environment, storage

BEFORE = environment(disposable=True, storage=storage(encrypted=False))
AFTER = environment(disposable=True, storage=storage())
