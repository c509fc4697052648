"""databases.n8n.backup.encryption: object_store.kms encrypts only on request, so this archive is stored as sent; write 'AES256' [archives-are-encrypted-at-rest]"""

from tests.valid import environment, kms, object_store

ENVIRONMENT = environment(object_store=object_store(kms=kms()))
