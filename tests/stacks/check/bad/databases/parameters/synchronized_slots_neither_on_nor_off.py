"""databases.n8n.parameters.sync_replication_slots: 'enabled' is neither on nor off; write 'on' or 'off' [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(parameters={"sync_replication_slots": "enabled"})}
)
