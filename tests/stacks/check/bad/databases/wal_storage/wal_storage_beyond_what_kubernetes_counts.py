"""databases.n8n.wal_storage: '9007199254740992Mi' is more than Kubernetes counts; write at most '8191Pi' [size-has-binary-unit]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(wal_storage="9007199254740992Mi")})
