"""databases.n8n.synchronize_logical_decoding: PostgreSQL 16 has no such copies by itself; set parameter pg_failover_slots.synchronize_slot_names 'name_like:%', or use an image of PostgreSQL 17 or later [logical-slots-can-be-synchronized]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:16.10-system-trixie",
            synchronize_logical_decoding=True,
        )
    }
)
