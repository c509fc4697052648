"""databases.n8n.owner: 'app\\x00' is not a PostgreSQL identifier; write letters, digits, '_' and '-', and no quotes [identifier-is-usable]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(owner="app\0")})
