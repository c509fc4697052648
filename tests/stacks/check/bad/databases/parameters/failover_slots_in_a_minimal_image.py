"""databases.n8n.parameters.pg_failover_slots.version_check: loads pg_failover_slots, which 'ghcr.io/cloudnative-pg/postgresql:17.6-minimal-trixie' does not contain; write a '-standard-' image, or leave it out [loaded-extension-is-in-image]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:17.6-minimal-trixie",
            parameters={"pg_failover_slots.version_check": "on", "hot_standby_feedback": "on"},
        )
    }
)
