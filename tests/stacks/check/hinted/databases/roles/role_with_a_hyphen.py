"""databases.n8n.roles.open-webui: 'open-webui' needs quotes wherever SQL names it; a name of lower-case letters, digits and '_' that SQL does not reserve needs none [identifier-needs-no-quotes]"""

from components.postgres import RoleSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(roles={"open-webui": RoleSpec(password_secret="open-webui")})}
)
