"""databases.two.backup.bucket: s3://n8n-backups/n8n-postgres/ is also the archive of databases.n8n; write another bucket or another cluster [archive-is-not-shared]"""

from tests.valid import backup, database, environment, existing_bucket

ENVIRONMENT = environment(
    databases={
        "n8n": database(),
        "two": database(
            "two",
            cluster="n8n-postgres",
            backup=backup(bucket=existing_bucket(bucket="n8n-backups")),
        ),
    }
)
