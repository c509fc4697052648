"""databases.n8n.objectives.rpo: 300 is an int; write text in quotes"""

from tests.valid import database, environment, objectives

ENVIRONMENT = environment(databases={"n8n": database(objectives=objectives(rpo=300))})
