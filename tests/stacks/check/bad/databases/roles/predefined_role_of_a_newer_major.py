"""databases.n8n.roles.a.in_roles: 'pg_maintain' exists from PostgreSQL 17 on and the image has 16; leave it out [predefined-roles-exist]"""

from components.postgres.roles import RoleSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            roles={"a": RoleSpec(in_roles=["pg_maintain"])},
            image="ghcr.io/cloudnative-pg/postgresql:16.10-system-trixie",
        )
    }
)
