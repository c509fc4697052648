"""databases.n8n.parameters.checkpoint_timeout: '2 days' is out of range; write 30s to 86400s [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"checkpoint_timeout": "2 days"})})
