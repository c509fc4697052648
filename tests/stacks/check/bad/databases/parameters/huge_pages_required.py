"""databases.n8n.parameters.huge_pages: PostgreSQL does not start without huge pages, and none are reserved; write 'try', or resources.huge_pages [required-huge-pages-are-reserved]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"huge_pages": "on"})})
