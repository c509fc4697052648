"""databases.n8n.parameters.client_encoding: 'cp1252' is not an encoding; write 'UTF8' [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"client_encoding": "cp1252"})})
