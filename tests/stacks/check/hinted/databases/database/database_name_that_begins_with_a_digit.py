"""databases.n8n.database: '8n' needs quotes wherever SQL names it; a name of lower-case letters, digits and '_' that SQL does not reserve needs none [identifier-needs-no-quotes]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(database="8n")})
