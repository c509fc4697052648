"""databases.n8n.storage: '5Gi' does not hold 5.5 GB of WAL, which max_wal_size and wal_keep_size keep; write at least '6Gi', or smaller parameters [volume-holds-wal]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(storage="5Gi", parameters={"max_wal_size": "5GB"})}
)
