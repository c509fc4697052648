"""databases.n8n.parameters.work_mem: '64Mi' has a unit that PostgreSQL does not know; write '64MB' [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"work_mem": "64Mi"})})
