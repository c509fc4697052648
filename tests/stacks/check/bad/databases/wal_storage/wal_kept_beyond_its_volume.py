"""databases.n8n.wal_storage: '5Gi' does not hold 21.0 GB of WAL, which max_wal_size and wal_keep_size keep; write at least '22Gi', or smaller parameters [volume-holds-wal]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(wal_storage="5Gi", parameters={"wal_keep_size": "20GB"})}
)
