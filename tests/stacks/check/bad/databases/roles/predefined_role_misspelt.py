"""databases.n8n.roles.a.in_roles: 'pg_read_all_dat' is not a predefined role; did you mean 'pg_read_all_data'? [predefined-roles-exist]"""

from components.postgres.roles import RoleSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(roles={"a": RoleSpec(in_roles=["pg_read_all_dat"])})}
)
