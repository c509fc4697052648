"""databases.n8n.backup.bucket.claim: the ConfigMap 'n8n-postgres-watch' in namespace 'n8n-prod' is also that of databases.n8n; choose another name [object-names-are-unique]"""

from tests.valid import backup, claim, database, drills, environment

CLAIM = backup(bucket=claim(claim="n8n-postgres-watch"))

ENVIRONMENT = environment(databases={"n8n": database(backup=CLAIM, drills=drills())})
