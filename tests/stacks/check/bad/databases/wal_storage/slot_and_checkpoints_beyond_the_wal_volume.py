"""databases.n8n.wal_storage: '4Gi' does not hold 4.5 GB of WAL, which max_wal_size and max_slot_wal_keep_size keep; write at least '5Gi', or smaller parameters [volume-holds-wal]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(wal_storage="4Gi", parameters={"max_slot_wal_keep_size": "3584MB"})}
)
