"""databases.n8n.database: 'n8n"app' is not a PostgreSQL identifier; write letters, digits, '_' and '-', and no quotes [identifier-is-usable]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(database='n8n"app')})
