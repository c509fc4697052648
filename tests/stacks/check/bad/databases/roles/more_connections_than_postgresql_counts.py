"""databases.n8n.roles.two.connection_limit: 2147483648 is too large; write 1 to 2147483647"""

from components.postgres import RoleSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(roles={"two": RoleSpec(connection_limit=2147483648)})}
)
