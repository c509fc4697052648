"""databases.n8n.parameters.block_size: is fixed when PostgreSQL is built or initialized; leave it out [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"block_size": "16384"})})
