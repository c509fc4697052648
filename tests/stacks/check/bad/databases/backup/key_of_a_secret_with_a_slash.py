"""databases.n8n.backup.bucket.secret_key: 's3/secret' is not a Secret's key; write letters, digits, '-', '_' and '.' [secret-key-is-valid]"""

from tests.valid import backup, database, environment, existing_bucket

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(bucket=existing_bucket(secret_key="s3/secret")))}
)
