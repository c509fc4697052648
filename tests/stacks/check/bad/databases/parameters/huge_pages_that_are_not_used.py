"""databases.n8n.parameters.huge_pages: '2Gi' of huge pages are reserved, and PostgreSQL would use none; write 'try', or leave them out [reserved-huge-pages-are-used]"""

from tests.valid import database, environment, resources

ENVIRONMENT = environment(
    databases={
        "n8n": database(resources=resources(huge_pages="2Gi"), parameters={"huge_pages": "OFF"})
    }
)
