"""databases.n8n.generations.0.wal_snapshot: the database has no WAL volumes; leave it out [snapshot-replaces-base-backup]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            generations=[
                restore(
                    snapshot="n8n-postgres-snapshot-20261129020000",
                    wal_snapshot="n8n-postgres-snapshot-20261129020000-wal",
                )
            ]
        )
    }
)
