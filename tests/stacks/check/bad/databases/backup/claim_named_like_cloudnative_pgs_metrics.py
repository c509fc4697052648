"""databases.n8n.backup.bucket.claim: the ConfigMap 'cnpg-default-monitoring' in namespace 'n8n-prod' is also that of CloudNativePG; choose another name [object-names-are-unique]"""

from tests.valid import backup, claim, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(bucket=claim(claim="cnpg-default-monitoring")))}
)
