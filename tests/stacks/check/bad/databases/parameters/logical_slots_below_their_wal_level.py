"""databases.n8n.parameters.wal_level: 'replica' has no logical slots; write 'logical', or leave it out [logical-slots-can-be-synchronized]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(synchronize_logical_decoding=True, parameters={"wal_level": "replica"})
    }
)
