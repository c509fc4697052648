"""databases.n8n.roles.a.in_roles: 'pg_checkpoint' exists from PostgreSQL 15 on and the image has 14; leave it out [predefined-roles-exist]
databases.n8n.roles.a.in_roles: 'pg_signal_autovacuum_worker' exists from PostgreSQL 18 on and the image has 14; leave it out [predefined-roles-exist]
"""

from components.postgres.roles import RoleSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            roles={"a": RoleSpec(in_roles=["pg_checkpoint", "pg_signal_autovacuum_worker"])},
            image="ghcr.io/cloudnative-pg/postgresql:14.19-system-trixie",
        )
    }
)
