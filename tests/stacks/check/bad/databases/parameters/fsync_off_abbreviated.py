"""databases.n8n.parameters: fsync 'of' loses the data in a crash; leave it out [parameters-keep-durability]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"fsync": "of"})})
