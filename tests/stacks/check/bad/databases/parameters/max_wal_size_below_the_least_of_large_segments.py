"""databases.n8n.parameters: min_wal_size '320MB' is not below max_wal_size '256MB'; lower min_wal_size or raise max_wal_size [wal-sizes-fit-volume]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(wal_segment=64, parameters={"max_wal_size": "256MB"})}
)
