"""databases.n8n.retired.0: generation 3 is not declared; leave it out [given-up-generations-exist]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(databases={"n8n": database(generations=[restore()], retired=[3])})
