"""databases.n8n.instances: 2.5 is a float; write a whole number without quotes"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(instances=2.5)})
