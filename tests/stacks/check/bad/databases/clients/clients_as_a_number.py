"""databases.n8n.clients: 5 is an int; write a list [...]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(clients=5)})
