"""databases.n8n.roles.two.password_secret: the Secret 'tier0-ca' in namespace 'n8n-prod' is the private CA's; choose another name [secret-has-one-writer]"""

from components.postgres.roles import RoleSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(roles={"two": RoleSpec(password_secret="tier0-ca")})}
)
