"""databases.n8n.parameters.shared_buffers: '25%%' is not a number; write one like '128kB' [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"shared_buffers": "25%%"})})
