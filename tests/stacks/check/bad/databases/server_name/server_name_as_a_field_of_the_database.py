"""databases.n8n.server_name: unknown field; write it into 'backup', which has it"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(server_name="app-v5")})
