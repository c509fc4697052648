"""databases.two.backup.bucket.claim: the Secret 'n8n-postgres-server' in namespace 'n8n-prod' is CloudNativePG's own, for databases.n8n; choose another name [secret-has-one-writer]"""

from tests.valid import backup, claim, database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(),
        "two": database(
            "two",
            namespace="n8n-prod",
            backup=backup(bucket=claim("two", claim="n8n-postgres-server")),
        ),
    }
)
