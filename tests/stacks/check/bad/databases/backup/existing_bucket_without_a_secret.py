"""databases.n8n.backup.bucket.secret: is missing; write it: Name of the Secret"""

from tests.valid import LEFT_OUT, backup, database, environment, existing_bucket

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(bucket=existing_bucket(secret=LEFT_OUT)))}
)
