"""databases.n8n.parameters: min_wal_size '2GB' is not below max_wal_size '1GB'; lower min_wal_size or raise max_wal_size [wal-sizes-fit-volume]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"min_wal_size": "2GB"})})
