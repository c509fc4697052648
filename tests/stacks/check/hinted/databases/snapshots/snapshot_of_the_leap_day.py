"""databases.n8n.snapshots: a year adds 1 snapshot, and nothing deletes them; each goes with its Backup object, so delete the old ones [snapshots-do-not-pile-up]"""

from components.postgres import SnapshotsSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(snapshots=SnapshotsSpec(class_name="csi-rbd", schedule="0 3 29 2 *"))
    }
)
