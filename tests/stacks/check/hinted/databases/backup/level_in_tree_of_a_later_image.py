"""databases.n8n.backup.wal_level: compression level for WAL needs Barman 3.14, in images of 2025-05-29 and later, or each upload fails; none works with each [in-tree-barman-is-new-enough]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:17.5-bookworm",
            backup=backup(method="in-tree", wal_level=6),
        )
    }
)
