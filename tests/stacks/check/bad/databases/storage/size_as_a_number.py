"""databases.n8n.storage: 10 is an int; write text in quotes"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(storage=10)})
