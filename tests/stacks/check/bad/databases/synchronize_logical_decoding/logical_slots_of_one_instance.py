"""databases.n8n.synchronize_logical_decoding: 1 instance has no replica that could keep a copy; write 2 instances, or leave it out [logical-slots-can-be-synchronized]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    disposable=True, databases={"n8n": database(instances=1, synchronize_logical_decoding=True)}
)
