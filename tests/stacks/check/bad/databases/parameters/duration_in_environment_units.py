"""databases.n8n.parameters.statement_timeout: '10m' has a unit that PostgreSQL does not know; write '10min' [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"statement_timeout": "10m"})})
