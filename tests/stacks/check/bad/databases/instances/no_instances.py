"""databases.n8n.instances: is missing; write it: Number of instances: one primary, the others replicas"""

from tests.valid import LEFT_OUT, database, environment

ENVIRONMENT = environment(databases={"n8n": database(instances=LEFT_OUT)})
