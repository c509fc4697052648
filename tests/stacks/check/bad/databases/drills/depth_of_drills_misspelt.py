"""databases.n8n.drills.restores: unknown field; did you mean 'restore'?"""

from tests.valid import database, drills, environment

ENVIRONMENT = environment(databases={"n8n": database(drills=drills(restores="23 3 * * *"))})
