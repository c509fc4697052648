"""databases.n8n.parameters.max_wal_senders: '0' is too few for 2 instances, whose replicas could not connect; write at least '2' [replicas-can-connect]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"max_wal_senders": "0"})})
