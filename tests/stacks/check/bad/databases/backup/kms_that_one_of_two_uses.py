"""databases.two.backup.encryption: object_store.kms encrypts only on request, so this archive is stored as sent; write 'AES256' [archives-are-encrypted-at-rest]"""

from tests.valid import backup, database, environment, kms, object_store

ENVIRONMENT = environment(
    object_store=object_store(kms=kms()),
    databases={"n8n": database(backup=backup(encryption="AES256")), "two": database("two")},
)
