"""databases.b.backup.bucket: s3://archives/n8n-postgres/ is also the archive of databases.n8n; write another bucket or another cluster [archive-is-not-shared]"""

from tests.valid import backup, database, environment, existing_bucket

ENVIRONMENT = environment(
    databases={
        "n8n": database(backup=backup(bucket=existing_bucket())),
        "b": database("b", backup=backup(bucket=existing_bucket(), server_name="n8n-postgres")),
    }
)
