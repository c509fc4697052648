"""databases.n8n.resources.huge_page_size: '4Mi' is not a choice; write '2Mi' or '1Gi'"""

from tests.valid import database, environment, resources

ENVIRONMENT = environment(
    databases={"n8n": database(resources=resources(huge_pages="1Gi", huge_page_size="4Mi"))}
)
