"""databases.n8n.env.MY-NAME: 'MY-NAME' is not a variable; write letters, digits and '_', like 'TZ' [environment-name-is-free]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(env={"MY-NAME": "x"})})
