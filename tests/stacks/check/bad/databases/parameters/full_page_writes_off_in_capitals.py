"""databases.n8n.parameters: full_page_writes 'NO' loses the data in a crash; leave it out [parameters-keep-durability]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"full_page_writes": "NO"})})
