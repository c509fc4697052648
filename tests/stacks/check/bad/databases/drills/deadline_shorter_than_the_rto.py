"""databases.n8n.drills.deadline: '10m' is less than the RTO '15m', so a drill never shows that it is missed; write at least '15m' [drill-lasts-as-long-as-the-rto]"""

from tests.valid import database, drills, environment

ENVIRONMENT = environment(databases={"n8n": database(drills=drills(deadline="10m"))})
