"""databases.n8n.backup.data_compression: lz4 for base backups needs Barman 3.18.0, in images of 2026-04-30 and later, or each upload fails; snappy works with each [in-tree-barman-is-new-enough]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:18.3",
            backup=backup(method="in-tree", data_compression="lz4"),
        )
    }
)
