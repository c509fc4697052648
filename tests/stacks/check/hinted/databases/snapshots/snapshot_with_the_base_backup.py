"""databases.n8n.snapshots.schedule: the snapshot is due together with the base backup and one waits for the other; another minute keeps them apart [snapshots-are-spread]"""

from components.postgres import SnapshotsSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(snapshots=SnapshotsSpec(class_name="csi-rbd", schedule="0 2 * * *"))}
)
