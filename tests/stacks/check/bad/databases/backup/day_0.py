"""databases.n8n.backup.schedule: '0 2 0 * *' has '0' as day; write 1 to 31 [schedule-is-valid-cron]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(schedule="0 2 0 * *"))})
