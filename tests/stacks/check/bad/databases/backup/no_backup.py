"""databases.n8n.backup: is missing; write it: Its archive"""

from tests.valid import LEFT_OUT, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=LEFT_OUT)})
