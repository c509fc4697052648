"""databases.n8n.objectives.write_rate: at '20kB/s' the RPO '5m' does not hold, as a segment of 16 MiB takes 3 min to archive; write wal_compression 'zstd', or resources.cpu '2' [archiver-keeps-up]"""

from tests.valid import backup, database, environment, objectives

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            backup=backup(wal_compression="xz"), objectives=objectives(write_rate="20kB/s")
        )
    }
)
