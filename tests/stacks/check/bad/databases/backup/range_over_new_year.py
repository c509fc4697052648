"""databases.n8n.backup.schedule: '0 2 1 11-2 *' has '11-2' as month; write '11-12,1-2' [schedule-is-valid-cron]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(schedule="0 2 1 11-2 *"))})
