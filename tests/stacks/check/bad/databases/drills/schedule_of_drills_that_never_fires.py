"""databases.n8n.drills.deep: '0 0 30 2 *' never fires; write a day that its month has [schedule-is-valid-cron]"""

from tests.valid import database, drills, environment

ENVIRONMENT = environment(databases={"n8n": database(drills=drills(deep="0 0 30 2 *"))})
