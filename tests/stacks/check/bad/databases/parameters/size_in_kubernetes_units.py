"""databases.n8n.parameters.shared_buffers: '2Gi' has a unit that PostgreSQL does not know; write '2GB' [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"shared_buffers": "2Gi"})})
