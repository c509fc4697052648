"""databases.n8n.parameters.max_slot_wal_keep_size: '-1MB' keeps all WAL for a replica that is away, until the volume is full and the primary stops; left out, it is limited to a part of the volume [slots-are-limited]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(storage="50Gi", parameters={"max_slot_wal_keep_size": "-1MB"})}
)
