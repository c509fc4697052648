"""databases.n8n.backup.schedule: '02:00' has 1 field; write minute hour day month weekday [schedule-is-valid-cron]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(schedule="02:00"))})
