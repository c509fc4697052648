"""databases.n8n.env.NUMBER: 1 is an int; write text in quotes"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(env={"NUMBER": 1})})
