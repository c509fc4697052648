"""databases.n8n.instances: '2' is a str; write a whole number without quotes"""

from tests.sound import database, environment

ENVIRONMENT = environment(databases={"n8n": database(instances="2")})
