"""databases.n8n.storage: '8192Pi' is more than Kubernetes counts; write at most '8191Pi' [size-has-binary-unit]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(storage="8192Pi")})
