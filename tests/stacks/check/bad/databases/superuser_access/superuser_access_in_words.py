"""databases.n8n.superuser_access: 'yes' is a str; write True or False"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(superuser_access="yes")})
