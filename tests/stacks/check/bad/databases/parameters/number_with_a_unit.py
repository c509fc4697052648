"""databases.n8n.parameters.max_connections: '100MB' has a unit and is a plain number; write it without a unit [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"max_connections": "100MB"})})
