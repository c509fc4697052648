"""databases.n8n.objectives.rto: is missing; write it: Recovery time objective: the longest time until the restored database answers"""

from tests.valid import LEFT_OUT, database, environment, objectives

ENVIRONMENT = environment(databases={"n8n": database(objectives=objectives(rto=LEFT_OUT))})
