"""databases.n8n.parameters.pg_failover_slots.version_check: needs hot_standby_feedback 'on', without which CloudNativePG refuses the extension; write hot_standby_feedback too, or leave it out [failover-slots-have-feedback]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    disposable=True,
    databases={
        "n8n": database(
            instances=1,
            parameters={"pg_failover_slots.version_check": "on", "hot_standby_feedback": "no"},
        )
    },
)
