"""databases.n8n.backup.wal_compression: the Barman in 'ghcr.io/cloudnative-pg/postgresql:16.4-bookworm' has no zstd for WAL, so each upload fails; write 'gzip', or write method 'plugin' [in-tree-barman-knows-compression]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:16.4-bookworm",
            backup=backup(method="in-tree", wal_compression="zstd"),
        )
    }
)
