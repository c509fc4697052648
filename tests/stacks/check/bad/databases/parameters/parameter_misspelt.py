"""databases.n8n.parameters.work_men: is not a parameter of PostgreSQL 17; did you mean 'work_mem'? [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"work_men": "64MB"})})
