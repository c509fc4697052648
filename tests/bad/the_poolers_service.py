"""databases.n8n.service: 'n8n-postgres-pooler-rw' is a Service of CloudNativePG's; write another name [T226]"""

from components.pooler import PoolerSpec
from tests.sound import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(service="n8n-postgres-pooler-rw", pooler=PoolerSpec())}
)
