"""databases.n8n.resources.memory: '1Gi' leaves no memory for backends besides shared_buffers '1GB'; reserve four times shared_buffers [memory-holds-shared-buffers]"""

from tests.valid import database, environment, resources

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            resources=resources(memory="1Gi", memory_limit="8Gi"),
            parameters={"shared_buffers": "1GB"},
        )
    }
)
