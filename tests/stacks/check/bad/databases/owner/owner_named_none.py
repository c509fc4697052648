"""databases.n8n.owner: 'none' is reserved by PostgreSQL or CloudNativePG; choose another name [role-is-not-reserved]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(owner="none")})
