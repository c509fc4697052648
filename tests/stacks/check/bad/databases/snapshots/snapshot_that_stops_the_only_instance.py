"""databases.n8n.snapshots.online: an offline snapshot stops the only instance each time; write 2 instances, or leave online out [cold-snapshot-has-replica]
databases.n8n.instances: 1 instance stops with its node and at each restart; write at least 2, or declare the environment disposable [database-has-replica]"""

from components.postgres.snapshots import SnapshotsSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            instances=1, snapshots=SnapshotsSpec(class_name="a", schedule="0 * * * *", online=False)
        )
    }
)
