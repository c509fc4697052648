"""databases.n8n.backup.schedule: '\u0660 \u0662 * * *' has '\u0660' as minute; write a number, a range a-b, '*' or '*/n' [schedule-is-valid-cron]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(schedule="\u0660 \u0662 * * *"))}
)
