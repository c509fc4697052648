"""databases.n8n.parameters.max_connections: '0100' is octal to PostgreSQL; write '64', or '100' if that is meant [parameter-is-what-it-looks-like]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"max_connections": "0100"})})
