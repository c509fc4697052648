"""databases.n8n.backup.wal_compression: lz4 for WAL needs Barman 3.12, in images of 2025-03-10 and later, or each upload fails; gzip works with each [in-tree-barman-is-new-enough]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:17.4",
            backup=backup(method="in-tree", wal_compression="lz4"),
        )
    }
)
