"""databases.n8n.roles.a.in_roles: 'public' is not another role; write one of app, or a predefined one like 'pg_monitor' [owners-and-groups-exist]"""

from components.postgres.roles import RoleSpec
from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(roles={"a": RoleSpec(in_roles=["public"])})})
