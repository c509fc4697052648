"""databases.n8n.backup.encryption: storage.encrypted is False, so this archive is plaintext on the disks; encrypt the disks, or write 'AES256' with object_store.kms [archives-are-encrypted-at-rest]"""

from tests.valid import environment, storage

ENVIRONMENT = environment(storage=storage(encrypted=False))
