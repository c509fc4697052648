"""databases.n8n.parameters.max_wal_size: 'big' is not a number; write one like '2MB' [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"max_wal_size": "big"})})
