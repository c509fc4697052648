"""databases.n8n.backup.bucket.path: 7 is an int; write text in quotes"""

from tests.valid import backup, database, environment, existing_bucket

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(bucket=existing_bucket(path=7)))}
)
