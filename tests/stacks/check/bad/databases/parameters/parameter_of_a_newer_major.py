"""databases.n8n.parameters.io_method: exists from PostgreSQL 18 on and the image has 17; leave it out [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"io_method": "worker"})})
