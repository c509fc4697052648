"""databases.n8n.backup.retention: 30 is an int; write text in quotes"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(retention=30))})
