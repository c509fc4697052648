"""databases.n8n.backup.bucket.claim: the Secret 'n8n-postgres-app' in namespace 'n8n-prod' is CloudNativePG's own, for databases.n8n; choose another name [secret-has-one-writer]"""

from tests.valid import backup, claim, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(bucket=claim(claim="n8n-postgres-app")))}
)
