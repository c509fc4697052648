"""databases.n8n.backup.schedule: is missing; write it: When base backups are made, in UTC; one more is made at creation"""

from tests.valid import LEFT_OUT, backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(schedule=LEFT_OUT))})
