"""databases.n8n.active: generation 3 is not declared; add its entry to generations, or write 1 to 2 [one-generation-is-active]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(databases={"n8n": database(generations=[restore()], active=3)})
