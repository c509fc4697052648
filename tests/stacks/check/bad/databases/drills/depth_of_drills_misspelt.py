"""databases.n8n.drills.restor: unknown field; did you mean 'restore'?"""

from tests.valid import database, drills, environment

ENVIRONMENT = environment(databases={"n8n": database(drills=drills(restor="23 3 * * *"))})
