"""databases.n8n.backup.schedule: '0 2 * * 1-1/2' has '1-1/2' as weekday; write '1' [schedule-is-valid-cron]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(schedule="0 2 * * 1-1/2"))})
