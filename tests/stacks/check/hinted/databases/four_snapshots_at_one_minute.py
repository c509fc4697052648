"""databases: 4 databases make a snapshot at the same time, '0 3 * * *'; a different minute for each spreads the load [snapshots-are-spread]"""

from components.postgres import SnapshotsSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        name: database(name, snapshots=SnapshotsSpec(class_name="csi-rbd", schedule="0 3 * * *"))
        for name in ("a", "b", "c", "d")
    }
)
