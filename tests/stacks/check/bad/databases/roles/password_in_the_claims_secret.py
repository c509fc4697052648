"""databases.n8n.roles.two.password_secret: the Secret 'n8n-backups' in namespace 'n8n-prod' is Rook's own, for databases.n8n.backup; choose another name [secret-has-one-writer]"""

from components.postgres.roles import RoleSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(roles={"two": RoleSpec(password_secret="n8n-backups")})}
)
