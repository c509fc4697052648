"""databases.n8n.objectives: is missing; write it: How much may be lost, and how long recovery may take"""

from tests.valid import LEFT_OUT, database, environment

ENVIRONMENT = environment(databases={"n8n": database(objectives=LEFT_OUT)})
