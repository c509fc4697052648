"""databases.n8n.instances: '2' is a str; write a whole number without quotes"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(instances="2")})
