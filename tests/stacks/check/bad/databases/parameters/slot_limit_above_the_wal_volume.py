"""databases.n8n.parameters.max_slot_wal_keep_size: '50GB' is not below the volume of '5Gi', so it limits nothing; write at most '2048MB' [limit-is-below-volume]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(wal_storage="5Gi", parameters={"max_slot_wal_keep_size": "50GB"})}
)
