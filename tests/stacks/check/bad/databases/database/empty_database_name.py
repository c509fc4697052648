"""databases.n8n.database: '' is not a PostgreSQL identifier; write letters, digits, '_' and '-', and no quotes [identifier-is-usable]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(database="")})
