"""databases.n8n.roles.a.in_roles: 'b' is a member of 'a' already; leave one of them out [groups-form-no-circle]"""

from components.postgres.roles import RoleSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(roles={"a": RoleSpec(in_roles=["b"]), "b": RoleSpec(in_roles=["a"])})
    }
)
