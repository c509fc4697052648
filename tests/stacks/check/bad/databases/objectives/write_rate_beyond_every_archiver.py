"""databases.n8n.objectives.write_rate: at '9GB/s' the RPO '5m' does not hold, as the archiver keeps up with 3.4 MB/s; write a lower rate, or none [archiver-keeps-up]"""

from tests.valid import database, environment, objectives

ENVIRONMENT = environment(databases={"n8n": database(objectives=objectives(write_rate="9GB/s"))})
