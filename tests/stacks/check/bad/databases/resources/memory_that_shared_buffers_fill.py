"""databases.n8n.resources.memory: '2Gi' leaves no memory for backends besides shared_buffers '2GB'; reserve four times shared_buffers [memory-holds-shared-buffers]"""

from components.postgres.resources import ResourcesSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            resources=ResourcesSpec(cpu="1", memory="2Gi"), parameters={"shared_buffers": "2GB"}
        )
    }
)
