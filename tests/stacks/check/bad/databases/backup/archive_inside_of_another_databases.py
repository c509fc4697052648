"""databases.orders.backup.bucket.path: s3://archives/n8n-postgres/orders/orders-postgres/ is inside of s3://archives/n8n-postgres/, the archive of databases.n8n; write another path [archive-is-not-shared]"""

from tests.valid import backup, database, environment, existing_bucket

ENVIRONMENT = environment(
    databases={
        "n8n": database(backup=backup(bucket=existing_bucket())),
        "orders": database(
            "orders",
            backup=backup(bucket=existing_bucket(path="n8n-postgres/orders"), schedule="0 3 * * *"),
        ),
    }
)
