"""databases.n8n.storage: '20Gi' does not hold 21.0 GB of WAL, which max_wal_size and wal_keep_size keep; write at least '22Gi', or smaller parameters [volume-holds-wal]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(storage="20Gi", parameters={"wal_keep_size": "20480"})}
)
