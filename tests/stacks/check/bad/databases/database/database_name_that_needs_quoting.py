"""databases.n8n.database: 'n8n-app' is not a plain PostgreSQL identifier; write lower-case letters, digits and '_', first not a digit [identifier-needs-no-quotes]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(database="n8n-app")})
