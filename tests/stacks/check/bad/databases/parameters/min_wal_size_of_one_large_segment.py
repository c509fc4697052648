"""databases.n8n.parameters.min_wal_size: '100MB' is less than two WAL segments, and PostgreSQL does not start; write at least '128MB' [wal-sizes-hold-two-segments]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(wal_segment=64, parameters={"min_wal_size": "100MB"})}
)
