"""databases.n8n.parameters: wal_level 'minimal' cannot be archived; write 'replica' or leave it out [parameters-keep-durability]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"wal_level": "minimal"})})
