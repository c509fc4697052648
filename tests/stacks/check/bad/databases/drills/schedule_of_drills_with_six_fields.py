"""databases.n8n.drills.restore: '0 23 3 * * *' has 6 fields; leave the seconds out: '23 3 * * *' [schedule-is-valid-cron]"""

from tests.valid import database, drills, environment

ENVIRONMENT = environment(databases={"n8n": database(drills=drills(restore="0 23 3 * * *"))})
