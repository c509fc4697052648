"""databases.n8n.roles.n8n: 'n8n' already owns the application's database; choose another name [database-and-role-names-are-unique]"""

from components.postgres.roles import RoleSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(roles={"n8n": RoleSpec()}, database="n8n", owner="n8n")}
)
