"""databases.n8n.backup.schedule: '@every 6h' has 2 fields; write minute hour day month weekday [schedule-is-valid-cron]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(schedule="@every 6h"))})
