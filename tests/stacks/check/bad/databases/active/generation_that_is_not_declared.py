"""databases.n8n.active: generation 2 is not declared; add its entry to generations, or write 1 [one-generation-is-active]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(active=2)})
