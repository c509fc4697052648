"""databases.n8n.roles.a.in_roles: 'pg_database_owner' cannot have members; write the role that owns the database [predefined-roles-exist]"""

from components.postgres.roles import RoleSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(roles={"a": RoleSpec(in_roles=["pg_database_owner"])})}
)
