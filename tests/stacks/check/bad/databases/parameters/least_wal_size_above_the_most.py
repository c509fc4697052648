"""databases.n8n.parameters: min_wal_size is not less than max_wal_size; write less [wal-sizes-fit-volume]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"min_wal_size": "2GB"})})
