"""databases.n8n.retired.0: generation 1 is active; leave it out, or write another generation in active first [given-up-generations-exist]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(databases={"n8n": database(generations=[restore()], retired=[1])})
