"""ConfigMap n8n-prod/n8n-postgres-recovery: retired: generation 2 would run without being active, and its Cluster is 'active' so far; write 2 in retired, or in active [stopped-generation-is-retired]"""

from tests.valid import database, environment, restore

BEFORE = environment(databases={"n8n": database(generations=[restore()], active=2)})
AFTER = environment(databases={"n8n": database(generations=[restore()], active=1)})
