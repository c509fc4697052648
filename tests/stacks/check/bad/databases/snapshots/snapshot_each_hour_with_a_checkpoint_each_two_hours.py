"""databases.n8n.snapshots.schedule: '0 * * * *' is due again after 60 min, but a snapshot may take 109 min, for its checkpoint and WAL; write a longer interval [snapshot-ends-before-next]"""

from components.postgres import SnapshotsSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            snapshots=SnapshotsSpec(class_name="csi-rbd", schedule="0 * * * *"),
            parameters={"checkpoint_timeout": "2h"},
        )
    }
)
