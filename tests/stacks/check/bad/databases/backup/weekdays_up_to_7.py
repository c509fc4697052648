"""databases.n8n.backup.schedule: '0 2 * * 5-7' has weekday 7; write '5-6,0', as Sunday is 0 [schedule-is-valid-cron]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(schedule="0 2 * * 5-7"))})
