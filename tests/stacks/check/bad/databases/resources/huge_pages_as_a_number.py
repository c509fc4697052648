"""databases.n8n.resources.huge_pages: 1024 is an int; write text in quotes"""

from tests.valid import database, environment, resources

ENVIRONMENT = environment(databases={"n8n": database(resources=resources(huge_pages=1024))})
