"""databases.n8n.parameters.sync_replication_slots: 'f' leaves replicas without copies of logical slots, and CloudNativePG refuses it; leave it out [logical-slots-can-be-synchronized]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            synchronize_logical_decoding=True, parameters={"sync_replication_slots": "f"}
        )
    }
)
