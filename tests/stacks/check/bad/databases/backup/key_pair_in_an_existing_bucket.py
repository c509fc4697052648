"""databases.n8n.backup.bucket.access_key_id: unknown field; did you mean 'access_key'?"""

from tests.valid import backup, database, environment, existing_bucket

ENVIRONMENT = environment(
    databases={
        "n8n": database(backup=backup(bucket=existing_bucket(access_key_id="AKIAIOSFODNN7EXAMPLE")))
    }
)
