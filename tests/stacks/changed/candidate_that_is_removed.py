"""ConfigMap n8n-prod/n8n-postgres-recovery: removed: generation 2 is 'candidate' so far; write 2 in retired first, and in removed in the change after [removed-generation-was-retired]"""

from tests.valid import database, environment, restore

BEFORE = environment(databases={"n8n": database(generations=[restore()])})
AFTER = environment(databases={"n8n": database(generations=[restore()], removed=[2])})
