"""databases.n8n.parameters.min_wal_size: '16MB' is less than two WAL segments, and PostgreSQL does not start; write at least '32MB' [wal-sizes-hold-two-segments]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"min_wal_size": "16MB"})})
