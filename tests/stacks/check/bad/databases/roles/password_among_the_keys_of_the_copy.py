"""databases.n8n.roles.two.password_secret: the Secret 'offsite-keys' in namespace 'n8n-prod' is that of offsite.secret; choose another name [secret-has-one-writer]"""

from components.postgres.roles import RoleSpec
from tests.valid import database, environment, offsite

ENVIRONMENT = environment(
    offsite=offsite(),
    databases={"n8n": database(roles={"two": RoleSpec(password_secret="offsite-keys")})},
)
