"""databases.n8n.roles.two.password_secret: 'a' belongs to roles.one; write another Secret, with this role's name in it [role-secrets-are-unique]"""

from components.postgres.roles import RoleSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            roles={"one": RoleSpec(password_secret="a"), "two": RoleSpec(password_secret="a")}
        )
    }
)
