"""databases.n8n.backup.schedule: '0 2 31 4 *' never fires; write a day that its month has [schedule-is-valid-cron]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(schedule="0 2 31 4 *"))})
