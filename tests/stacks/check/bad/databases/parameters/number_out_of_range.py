"""databases.n8n.parameters.max_connections: '0' is out of range; write 1 to 262143 [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"max_connections": "0"})})
