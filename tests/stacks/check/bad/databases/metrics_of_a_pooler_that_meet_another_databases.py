"""databases.n8n-pooler: the PodMonitor resource 'n8n-pooler-metrics' is also that of databases.n8n; choose another name [object-names-are-unique]"""

from components.postgres import PoolerSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    monitored=True,
    databases={"n8n": database(pooler=PoolerSpec()), "n8n-pooler": database("two")},
)
