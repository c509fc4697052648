"""databases.n8n.roles.tier0_heartbeat: 'tier0_heartbeat' is the role of the drills; choose another name [role-is-not-reserved]"""

from components.postgres.roles import RoleSpec
from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(roles={"tier0_heartbeat": RoleSpec()})})
