"""databases.n8n.objectives.rto: '59s' is shorter than the restore of an empty database; write at least '60s' [rto-leaves-time-to-restore]"""

from tests.valid import database, environment, objectives

ENVIRONMENT = environment(databases={"n8n": database(objectives=objectives(rto="59s"))})
