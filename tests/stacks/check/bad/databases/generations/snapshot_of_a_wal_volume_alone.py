"""databases.n8n.generations.0.wal_snapshot: it belongs to the snapshot of a data volume; write that one in snapshot, or leave it out [snapshot-replaces-base-backup]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            generations=[restore(wal_snapshot="n8n-postgres-snapshot-20261129020000-wal")],
            wal_storage="2Gi",
        )
    }
)
