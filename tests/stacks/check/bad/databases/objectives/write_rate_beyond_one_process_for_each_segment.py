"""databases.n8n.objectives.write_rate: at '1MB/s' the RPO '90s' does not hold, as the archiver keeps up with 0.1 MB/s; write wal_compression 'zstd' [archiver-keeps-up]"""

from tests.valid import backup, database, environment, objectives

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            wal_segment=32,
            backup=backup(wal_compression="xz"),
            objectives=objectives(rpo="90s", write_rate="1MB/s"),
        )
    }
)
