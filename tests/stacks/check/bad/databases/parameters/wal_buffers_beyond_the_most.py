"""databases.n8n.parameters.wal_buffers: '2GB' is out of range; write -1 to 2097144kB [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"wal_buffers": "2GB"})})
