"""databases.n8n.instances: 10 is too large; write 1 to 9"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(instances=10)})
