"""databases.n8n.resources.huge_pages: '2048Mi' does not hold PostgreSQL's shared memory with shared_buffers '2GB'; write at least '2328Mi' [reserved-huge-pages-are-used]"""

from tests.valid import database, environment, resources

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            resources=resources(huge_pages="2048Mi"), parameters={"shared_buffers": "2GB"}
        )
    }
)
