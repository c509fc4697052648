"""databases.n8n.backup.schedule: '0 2 1 JAN *' has 'JAN' as month; write a number, a range a-b, '*' or '*/n' [schedule-is-valid-cron]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(schedule="0 2 1 JAN *"))})
