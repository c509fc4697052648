"""databases.n8n.database: is missing; write it: The application's database"""

from tests.valid import LEFT_OUT, database, environment

ENVIRONMENT = environment(databases={"n8n": database(database=LEFT_OUT)})
