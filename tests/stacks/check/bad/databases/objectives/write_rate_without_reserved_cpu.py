"""databases.n8n.objectives.write_rate: at '30MB/s' the RPO '5m' does not hold, as the archiver keeps up with 3.4 MB/s; write resources.cpu '4' and wal_jobs 2 [archiver-keeps-up]"""

from tests.valid import database, environment, objectives

ENVIRONMENT = environment(databases={"n8n": database(objectives=objectives(write_rate="30MB/s"))})
