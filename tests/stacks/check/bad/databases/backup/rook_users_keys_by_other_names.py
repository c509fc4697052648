"""databases.n8n.backup.bucket.access_key: 'ACCESS_KEY_ID' is not a key of 'rook-ceph-object-user-s3-n8n', which Rook writes; write 'AccessKey' [secret-keys-match-their-writer]
databases.n8n.backup.bucket.secret_key: 'ACCESS_SECRET_KEY' is not a key of 'rook-ceph-object-user-s3-n8n', which Rook writes; write 'SecretKey' [secret-keys-match-their-writer]
"""

from tests.valid import backup, database, environment, existing_bucket

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            backup=backup(bucket=existing_bucket(secret="rook-ceph-object-user-s3-n8n"))
        )
    }
)
