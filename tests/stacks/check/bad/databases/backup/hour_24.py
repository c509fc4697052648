"""databases.n8n.backup.schedule: '0 24 * * *' has '24' as hour; write 0 to 23 [schedule-is-valid-cron]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(schedule="0 24 * * *"))})
