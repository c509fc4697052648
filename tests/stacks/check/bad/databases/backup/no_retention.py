"""databases.n8n.backup.retention: is missing; write it: How far back recovery must reach"""

from tests.valid import LEFT_OUT, backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(retention=LEFT_OUT))})
