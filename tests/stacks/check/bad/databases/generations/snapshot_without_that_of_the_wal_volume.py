"""databases.n8n.generations.0.snapshot: the WAL volume needs its snapshot too; write 'n8n-postgres-snapshot-20261129020000-wal' in wal_snapshot, if it is of the same Backup [snapshot-replaces-base-backup]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            generations=[restore(snapshot="n8n-postgres-snapshot-20261129020000")],
            wal_storage="2Gi",
        )
    }
)
