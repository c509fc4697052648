"""databases.n8n.objectives.write_rate: at '60MB/s' the RPO '5m' does not hold, as the archiver keeps up with 47.6 MB/s; write wal_segment 128, if the database is new, or resources.cpu '3' and wal_jobs 2 and wal_fetch 1 [archiver-keeps-up]"""

from tests.valid import backup, database, environment, objectives, resources

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            wal_segment=64,
            resources=resources(cpu="2"),
            backup=backup(wal_fetch=8),
            objectives=objectives(write_rate="60MB/s"),
        )
    }
)
