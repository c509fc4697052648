"""databases.n8n.database: '8n' is not a plain PostgreSQL identifier; write lower-case letters, digits and '_', first not a digit [identifier-needs-no-quotes]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(database="8n")})
