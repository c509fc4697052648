"""databases.n8n.backup.wal_level: the Barman in 'ghcr.io/cloudnative-pg/postgresql:17.4-bookworm' has no compression level for WAL, so each upload fails; leave it out, or write method 'plugin' [in-tree-barman-knows-compression]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:17.4-bookworm",
            backup=backup(method="in-tree", wal_level=6),
        )
    }
)
