"""databases.two.backup.bucket.bucket: 'n8n-backups' is also claimed by databases.n8n; write another bucket [bucket-claim-is-not-shared]"""

from tests.valid import backup, claim, database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(),
        "two": database("two", backup=backup(bucket=claim("two", bucket="n8n-backups"))),
    }
)
