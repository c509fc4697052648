"""databases.n8n.owner_secret: {'name': 'login'} is a dict; write text in quotes"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(owner_secret={"name": "login"})})
