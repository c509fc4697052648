"""databases.n8n.drills.deadline: '2h' is less than the RTO '3h', so a drill never shows that it is missed; write at least '3h' [drill-lasts-as-long-as-the-rto]"""

from tests.valid import database, environment, objectives

ENVIRONMENT = environment(databases={"n8n": database(objectives=objectives(rto="3h"))})
