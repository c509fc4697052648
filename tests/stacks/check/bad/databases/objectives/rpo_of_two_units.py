"""databases.n8n.objectives.rpo: '1m30s' is not a duration; write a whole number and s, m, h or d, like '5m' [duration-has-unit]"""

from tests.valid import database, environment, objectives

ENVIRONMENT = environment(databases={"n8n": database(objectives=objectives(rpo="1m30s"))})
