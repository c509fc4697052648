"""databases.n8n.backup.schedule: 'CRON_TZ=Europe/Berlin 0 2 * * *' names a time zone; write only the fields, in UTC [schedule-is-valid-cron]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(schedule="CRON_TZ=Europe/Berlin 0 2 * * *"))}
)
