"""databases.n8n.backup.bucket.bucket: 's3://n8n-backups' is not a bucket name; write 3 to 63 lower-case letters, digits and '-' [bucket-name-is-valid]"""

from tests.valid import backup, claim, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(bucket=claim(bucket="s3://n8n-backups")))}
)
