"""ConfigMap n8n-prod/n8n-postgres-recovery: removed: generation 1 is removed, and its Cluster is deleted; write 1 in removed again, and to have its data back add an entry with source=1 [removed-generation-stays-removed]"""

from tests.valid import database, environment, restore

BEFORE = environment(databases={"n8n": database(generations=[restore()], active=2, removed=[1])})
AFTER = environment(databases={"n8n": database(generations=[restore()], active=2)})
