"""databases.n8n.backup.encryption: 'AES256' needs a KMS, without which Ceph refuses the upload or stores plaintext; declare object_store.kms, or leave encryption out [encryption-has-kms]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(encryption="AES256"))})
