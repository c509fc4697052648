"""databases.n8n.parameters.huge_page_size: '2MB' is not the size of the huge pages that are reserved; leave it out, or change resources.huge_page_size [reserved-huge-pages-are-used]"""

from tests.valid import database, environment, resources

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            resources=resources(huge_pages="2Gi", huge_page_size="1Gi"),
            parameters={"huge_page_size": "2MB"},
        )
    }
)
