"""databases.n8n.instnaces: unknown field; did you mean 'instances'?"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(instnaces=3)})
