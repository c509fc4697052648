"""databases.n8n.roles.two.password_secret: 'n8n-postgres-app' belongs to CloudNativePG; write another Secret, with this role's name in it [role-secrets-are-unique]"""

from components.postgres.roles import RoleSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(roles={"two": RoleSpec(password_secret="n8n-postgres-app")})}
)
