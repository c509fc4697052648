"""databases.n8n.snapshots.class_name: 'ceph-block' is a VolumeSnapshotClass that nothing here creates, and without it no snapshot is made; it must be there [snapshot-class-is-created]"""

from components.postgres import SnapshotsSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(snapshots=SnapshotsSpec(class_name="ceph-block", schedule="0 4 * * *"))
    }
)
