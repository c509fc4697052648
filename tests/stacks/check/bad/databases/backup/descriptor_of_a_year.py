"""databases.n8n.backup.schedule: '@yearly' is a descriptor; write '0 0 1 1 *' [schedule-is-valid-cron]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(schedule="@yearly"))})
