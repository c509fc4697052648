"""databases.n8n.backup.encryption: 'AES256' is asked of a store that is not known to have it, which may store plaintext; write encrypts=True in object_store if it has SSE-S3, or leave encryption out [encryption-has-kms]"""

from tests.valid import backup, database, environment, existing_store

ENVIRONMENT = environment(
    object_store=existing_store(),
    databases={"n8n": database(backup=backup(encryption="AES256"))},
)
