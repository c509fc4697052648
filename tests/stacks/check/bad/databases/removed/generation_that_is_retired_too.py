"""databases.n8n.removed.0: generation 1 is retired already; leave one out [given-up-generations-exist]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(
    databases={"n8n": database(generations=[restore()], active=2, retired=[1], removed=[1])}
)
