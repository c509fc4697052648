"""databases.n8n.instances: True is a bool; write a whole number without quotes"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(instances=True)})
