"""databases.n8n.clients.0: 5 is an int; write text in quotes"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(clients=[5])})
