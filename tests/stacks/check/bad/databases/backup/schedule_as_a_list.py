"""databases.n8n.backup.schedule: ['0 2 * * *'] is a list; write text in quotes"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(schedule=["0 2 * * *"]))})
