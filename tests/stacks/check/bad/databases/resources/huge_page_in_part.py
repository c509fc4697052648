"""databases.n8n.resources.huge_pages: '1025Mi' is no multiple of '2Mi'; write '1026Mi' [huge-pages-are-whole]"""

from tests.valid import database, environment, resources

ENVIRONMENT = environment(databases={"n8n": database(resources=resources(huge_pages="1025Mi"))})
