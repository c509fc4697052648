"""databases.n8n.retired.0: generation 1 was upgraded to generation 2, in the same volumes; write 2 if that one is given up [given-up-generations-exist]"""

from tests.valid import database, environment, upgrade

ENVIRONMENT = environment(databases={"n8n": database(generations=[upgrade()], retired=[1])})
