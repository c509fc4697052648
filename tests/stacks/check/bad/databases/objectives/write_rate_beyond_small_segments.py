"""databases.n8n.objectives.write_rate: at '30MB/s' the RPO '5m' does not hold, as the archiver keeps up with 16.9 MB/s; write wal_segment 64, if the database is new, or resources.cpu '4' and wal_jobs 2 [archiver-keeps-up]"""

from tests.valid import database, environment, objectives, resources

ENVIRONMENT = environment(
    databases={
        "n8n": database(resources=resources(cpu="2"), objectives=objectives(write_rate="30MB/s"))
    }
)
