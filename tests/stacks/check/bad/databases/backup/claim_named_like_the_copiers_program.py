"""databases.n8n.backup.bucket.claim: the ConfigMap 'n8n-postgres-offsite' in namespace 'n8n-prod' is also that of databases.n8n; choose another name [object-names-are-unique]"""

from tests.valid import backup, claim, database, environment, offsite

ENVIRONMENT = environment(
    offsite=offsite(),
    databases={"n8n": database(backup=backup(bucket=claim(claim="n8n-postgres-offsite")))},
)
