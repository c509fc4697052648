"""databases.n8n.backup.schedule: '0 22-4/2 * * *' has '22-4/2' as hour; write a list of numbers [schedule-is-valid-cron]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(schedule="0 22-4/2 * * *"))})
