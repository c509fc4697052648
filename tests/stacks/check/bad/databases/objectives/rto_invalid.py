"""databases.n8n.objectives.rto: None is no value; write text in quotes"""

from tests.valid import database, environment, objectives

ENVIRONMENT = environment(databases={"n8n": database(objectives=objectives(rto=None))})
