"""databases.n8n.parameters.max_worker_processes: '09' is not a number; write one like '1' [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"max_worker_processes": "09"})})
