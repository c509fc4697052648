"""ConfigMap n8n-prod/n8n-postgres-recovery: removed: generation 1 is 'active' so far; write 1 in retired first, and in removed in the change after [removed-generation-was-retired]"""

from tests.valid import database, environment, restore

BEFORE = environment(databases={"n8n": database(generations=[restore()], active=1)})
AFTER = environment(databases={"n8n": database(generations=[restore()], active=2, removed=[1])})
