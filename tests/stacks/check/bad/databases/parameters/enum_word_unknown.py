"""databases.n8n.parameters.wal_level: 'replicas' is not a choice; write logical, minimal, replica [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"wal_level": "replicas"})})
