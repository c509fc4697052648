"""databases.n8n.backup.bucket.secret_key: 'KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK...KKKKKKKKKK' has 254 characters; write at most 253 [secret-key-is-valid]"""

from tests.valid import backup, database, environment, existing_bucket

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(bucket=existing_bucket(secret_key="K" * 254)))}
)
