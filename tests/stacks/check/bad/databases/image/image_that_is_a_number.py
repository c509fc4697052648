"""databases.n8n.image: 17 is an int; write text in quotes"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(image=17)})
