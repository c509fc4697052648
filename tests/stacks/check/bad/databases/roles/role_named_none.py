"""databases.n8n.roles.none: 'none' is reserved by PostgreSQL or CloudNativePG; choose another name [role-is-not-reserved]"""

from components.postgres.roles import RoleSpec
from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(roles={"none": RoleSpec()})})
