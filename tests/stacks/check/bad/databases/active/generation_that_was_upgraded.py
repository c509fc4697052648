"""databases.n8n.active: generation 1 was upgraded to generation 2; write 2 [one-generation-is-active]"""

from tests.valid import database, environment, upgrade

ENVIRONMENT = environment(databases={"n8n": database(generations=[upgrade()], active=1)})
