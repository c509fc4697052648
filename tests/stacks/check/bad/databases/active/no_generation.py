"""databases.n8n.active: 0 is too small; write 1 to 99"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(active=0)})
