"""databases.n8n.backup.schedule: '0 2 * * 5-1' has '5-1' as weekday; write '5-6,0-1' [schedule-is-valid-cron]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(schedule="0 2 * * 5-1"))})
