"""databases.other.backup.bucket: s3://archives/orders-g2/ is also the archive of databases.orders; write another bucket or another cluster [archive-is-not-shared]"""

from tests.valid import backup, database, environment, existing_bucket, upgrade

KEPT = backup(bucket=existing_bucket())

ENVIRONMENT = environment(
    databases={
        "orders": database("orders", cluster="orders", backup=KEPT, generations=[upgrade()]),
        "other": database("other", cluster="orders-g2", backup=KEPT),
    }
)
