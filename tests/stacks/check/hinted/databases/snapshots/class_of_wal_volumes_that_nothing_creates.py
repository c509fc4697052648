"""databases.n8n.snapshots.wal_class_name: 'ssd' is a VolumeSnapshotClass that nothing here creates, and without it no snapshot is made; 'ceph-block' is created with storage [snapshot-class-is-created]"""

from components.postgres import SnapshotsSpec
from tests.valid import database, environment, storage

ENVIRONMENT = environment(
    storage=storage(),
    databases={
        "n8n": database(
            storage_class="ceph-block",
            wal_storage="2Gi",
            wal_storage_class="ceph-block",
            snapshots=SnapshotsSpec(
                class_name="ceph-block", schedule="0 4 * * *", wal_class_name="ssd"
            ),
        )
    },
)
