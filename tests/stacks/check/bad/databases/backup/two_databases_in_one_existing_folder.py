"""databases.two.backup.bucket: s3://archives/main/ is also the archive of databases.one; write another bucket or another cluster [archive-is-not-shared]"""

from tests.valid import backup, database, environment, existing_bucket

ENVIRONMENT = environment(
    databases={
        name: database(name, cluster="main", backup=backup(bucket=existing_bucket()))
        for name in ("one", "two")
    }
)
