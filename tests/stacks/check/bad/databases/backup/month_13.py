"""databases.n8n.backup.schedule: '0 2 1 13 *' has '13' as month; write 1 to 12 [schedule-is-valid-cron]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(schedule="0 2 1 13 *"))})
