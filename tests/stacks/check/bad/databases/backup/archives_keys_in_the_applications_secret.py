"""databases.n8n.backup.bucket.secret: the Secret 'n8n-postgres-app' in namespace 'n8n-prod' is CloudNativePG's own, for databases.n8n; choose another name [secret-has-one-writer]"""

from tests.valid import backup, database, environment, existing_bucket

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(bucket=existing_bucket(secret="n8n-postgres-app")))}
)
