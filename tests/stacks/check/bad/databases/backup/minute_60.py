"""databases.n8n.backup.schedule: '60 2 * * *' has '60' as minute; write 0 to 59 [schedule-is-valid-cron]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(schedule="60 2 * * *"))})
