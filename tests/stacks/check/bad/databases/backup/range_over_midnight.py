"""databases.n8n.backup.schedule: '0 22-2 * * *' has '22-2' as hour; write '22-23,0-2' [schedule-is-valid-cron]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(schedule="0 22-2 * * *"))})
