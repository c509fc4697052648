"""databases.n8n.parameters: max_connections 100 leaves none besides the 100 that are reserved, and PostgreSQL does not start; write max_connections '200', or reserve less [connections-exceed-reserved]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"reserved_connections": "97"})})
