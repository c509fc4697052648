"""databases.n8n.image: is missing; write it: PostgreSQL's image"""

from tests.valid import LEFT_OUT, database, environment

ENVIRONMENT = environment(databases={"n8n": database(image=LEFT_OUT)})
