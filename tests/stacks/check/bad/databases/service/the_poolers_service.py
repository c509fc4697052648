"""databases.n8n.service: 'n8n-postgres-pooler-rw' is a Service that CloudNativePG creates; choose another name [service-name-is-not-generated]"""

from components.postgres.pooler import PoolerSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(service="n8n-postgres-pooler-rw", pooler=PoolerSpec())}
)
