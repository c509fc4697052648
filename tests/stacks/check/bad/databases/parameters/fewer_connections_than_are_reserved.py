"""databases.n8n.parameters: max_connections 3 leaves none besides the 3 that are reserved, and PostgreSQL does not start; write max_connections '103', or reserve less [connections-exceed-reserved]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"max_connections": "3"})})
