"""databases.n8n.roles.a.in_roles: 'd' is a member of 'a' already, through c and b; leave one of them out [groups-form-no-circle]"""

from components.postgres.roles import RoleSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            roles={
                "a": RoleSpec(in_roles=["d", "app"]),
                "b": RoleSpec(in_roles=["a"]),
                "c": RoleSpec(in_roles=["b"]),
                "d": RoleSpec(in_roles=["c"]),
            }
        )
    }
)
