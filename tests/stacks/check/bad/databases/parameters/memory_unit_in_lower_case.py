"""databases.n8n.parameters.maintenance_work_mem: '1gb' has a unit that PostgreSQL does not know; write '1GB' [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"maintenance_work_mem": "1gb"})})
