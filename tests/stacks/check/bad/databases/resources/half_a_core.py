"""databases.n8n.resources.cpu: '0.5' is not an amount of CPU; write whole cores like '2', or millicores like '500m' [cpu-is-cores-or-millicores]"""

from components.postgres.resources import ResourcesSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(resources=ResourcesSpec(cpu="0.5", memory="1Gi"))}
)
