"""databases.n8n.backup.data_compression: the Barman in 'ghcr.io/cloudnative-pg/postgresql:16.10' is older than 3.18.0 and has no lz4, so each base backup fails; write 'snappy', or method 'plugin' [in-tree-barman-knows-lz4]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:16.10",
            backup=backup(method="in-tree", data_compression="lz4"),
        )
    }
)
