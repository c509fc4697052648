"""databases.n8n.superuser_secret: 'root-login' is not read while superuser_access is off; leave it out, or write superuser_access too [superuser-secret-is-used]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(superuser_secret="root-login")})
