"""ConfigMap n8n-prod/n8n-postgres-recovery: generations.1: generation 3 is left out, and its number was used; write its entry again, and further ones after it [generations-keep-their-numbers]"""

from tests.valid import database, environment, restore

BEFORE = environment(databases={"n8n": database(generations=[restore(), restore()])})
AFTER = environment(databases={"n8n": database(generations=[restore()])})
