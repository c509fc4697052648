"""databases.n8n.storage: '9999999999999999999999999999999999999999...99999999Gi' is more than Kubernetes counts; write at most '8191Pi' [size-has-binary-unit]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(storage="9" * 200 + "Gi")})
