"""databases.n8n.owner_secret: 'n8n-postgres-app' belongs to CloudNativePG; leave it out, or write another Secret, with this role's name in it [role-secrets-are-unique]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(owner_secret="n8n-postgres-app")})
