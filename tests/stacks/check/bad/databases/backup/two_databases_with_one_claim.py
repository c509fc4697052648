"""databases.two.backup.bucket.claim: 'n8n-backups' is also the claim of databases.n8n; choose another name [bucket-claim-is-not-shared]"""

from tests.valid import backup, claim, database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(),
        "two": database(
            "two", namespace="n8n-prod", backup=backup(bucket=claim("two", claim="n8n-backups"))
        ),
    }
)
