"""databases.n8n.parameters.pg_failover_slots.drop_extra_slots: needs hot_standby_feedback 'on', without which CloudNativePG refuses the extension; write hot_standby_feedback too, or leave it out [failover-slots-have-feedback]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            parameters={"pg_failover_slots.drop_extra_slots": "on", "hot_standby_feedback": "off"}
        )
    }
)
