"""databases.n8n.resources.memory: '128Mi' does not hold shared_buffers '128MB' and backends; write four times that [memory-holds-shared-buffers]"""

from components.postgres.placement import ResourcesSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(resources=ResourcesSpec(cpu="1", memory="128Mi"))}
)
