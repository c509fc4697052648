"""databases.n8n.snapshots.wal_class_name: 'b' is for WAL volumes, and there are none; write wal_storage too, or leave it out [wal-class-has-volume]"""

from components.postgres.snapshots import SnapshotsSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            snapshots=SnapshotsSpec(class_name="a", wal_class_name="b", schedule="0 * * * *")
        )
    }
)
