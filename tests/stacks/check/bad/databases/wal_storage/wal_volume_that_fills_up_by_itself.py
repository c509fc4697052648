"""databases.n8n.wal_storage: '1Gi' does not hold max_wal_size '1GB' and the WAL that waits to be archived; write more [wal-sizes-fit-volume]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(wal_storage="1Gi")})
