"""databases.n8n.roles.two.in_roles: 'three' is not another role; write one of n8n, or a predefined one like 'pg_monitor' [owners-and-groups-exist]"""

from components.postgres.roles import RoleSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(roles={"two": RoleSpec(in_roles=["three"])}, database="n8n", owner="n8n")
    }
)
