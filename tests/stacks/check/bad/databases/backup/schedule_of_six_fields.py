"""databases.n8n.backup.schedule: '0 0 2 * * *' has 6 fields; leave the seconds out: '0 2 * * *' [schedule-is-valid-cron]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(schedule="0 0 2 * * *"))})
