"""databases.two.backup.bucket.access_key: 'ACCESS_KEY_ID' is not a key of 'n8n-backups', which Rook writes; write 'AWS_ACCESS_KEY_ID' [secret-keys-match-their-writer]
databases.two.backup.bucket.secret_key: 'ACCESS_SECRET_KEY' is not a key of 'n8n-backups', which Rook writes; write 'AWS_SECRET_ACCESS_KEY' [secret-keys-match-their-writer]
"""

from tests.valid import backup, database, environment, existing_bucket

ENVIRONMENT = environment(
    databases={
        "n8n": database(),
        "two": database(
            "two", namespace="n8n-prod", backup=backup(bucket=existing_bucket(secret="n8n-backups"))
        ),
    }
)
