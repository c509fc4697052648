"""databases.n8n.storage: is missing; write it: Size of each instance's volume"""

from tests.valid import LEFT_OUT, database, environment

ENVIRONMENT = environment(databases={"n8n": database(storage=LEFT_OUT)})
