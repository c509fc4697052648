"""databases.n8n.parameters.max_slot_wal_keep_size: '3GB' is not below the volume of '2Gi', so it limits nothing; write at most '512MB' [limit-is-below-volume]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(storage="2Gi", parameters={"max_slot_wal_keep_size": "3GB"})}
)
