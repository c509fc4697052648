"""databases.n8n.parameters.max_slot_wal_keep_size: '10GB' is not below the volume of '10Gi', so it limits nothing; write at most '4608MB' [limit-is-below-volume]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    disposable=True,
    databases={"n8n": database(instances=1, parameters={"max_slot_wal_keep_size": "10GB"})},
)
