"""databases.n8n.snapshots.online: an offline snapshot stops the only instance each time; write 2 instances, or leave online out [cold-snapshot-has-replica]"""

from components.postgres.snapshots import SnapshotsSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            instances=1, snapshots=SnapshotsSpec(class_name="a", schedule="0 * * * *", online=False)
        )
    }
)
