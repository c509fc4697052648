"""databases.n8n.parameters.max_wal_senders: '4' is too few for 5 instances, whose replicas could not connect; write at least '5' [replicas-can-connect]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(instances=5, parameters={"max_wal_senders": "4"})}
)
