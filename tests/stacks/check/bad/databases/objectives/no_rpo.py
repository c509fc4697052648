"""databases.n8n.objectives.rpo: is missing; write it: Recovery point objective: the most time whose commits may be lost with the whole cluster"""

from tests.valid import LEFT_OUT, database, environment, objectives

ENVIRONMENT = environment(databases={"n8n": database(objectives=objectives(rpo=LEFT_OUT))})
