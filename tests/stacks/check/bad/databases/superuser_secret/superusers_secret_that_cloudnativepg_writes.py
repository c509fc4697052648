"""databases.n8n.superuser_secret: 'n8n-postgres-superuser' belongs to CloudNativePG; leave it out, or write another Secret, with this role's name in it [role-secrets-are-unique]
databases.n8n.superuser_access: who reads the Secret 'n8n-postgres-superuser' may do everything in every database; leave it out and declare what needs it, like application or roles, or write a waiver [superuser-stays-inside]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(superuser_access=True, superuser_secret="n8n-postgres-superuser")}
)
