"""databases.n8n.parameters: min_wal_size '32MB' is not below max_wal_size '31MB'; lower min_wal_size or raise max_wal_size [wal-sizes-fit-volume]
databases.n8n.parameters.max_wal_size: '31MB' is less than two WAL segments, and PostgreSQL does not start; write at least '32MB' [wal-sizes-hold-two-segments]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(parameters={"min_wal_size": "32MB", "max_wal_size": "31MB"})}
)
