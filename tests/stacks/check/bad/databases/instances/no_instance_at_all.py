"""databases.n8n.instances: 0 is too small; write 1 to 9"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(instances=0)})
