"""databases.n8n.backup.schedule: '0 0 2 * * * 2027' has 7 fields; write minute hour day month weekday [schedule-is-valid-cron]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(schedule="0 0 2 * * * 2027"))})
