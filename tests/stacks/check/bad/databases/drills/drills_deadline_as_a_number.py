"""databases.n8n.drills.deadline: 7200 is an int; write text in quotes"""

from tests.valid import database, drills, environment

ENVIRONMENT = environment(databases={"n8n": database(drills=drills(deadline=7200))})
