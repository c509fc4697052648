"""databases.n8n.roles.a.in_roles: 'pg_monitor' is listed twice; write it once [names-are-listed-once]
databases.n8n.roles.a.in_roles: 'app' is listed twice; write it once [names-are-listed-once]
"""

from components.postgres import RoleSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(roles={"a": RoleSpec(in_roles=["pg_monitor", "pg_monitor", "app", "app"])})
    }
)
