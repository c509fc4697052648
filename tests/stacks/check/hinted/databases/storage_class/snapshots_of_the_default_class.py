"""databases.n8n.storage_class: the class 'ceph-block' makes snapshots of volumes of Ceph only, and these have the cluster's default StorageClass; 'ceph-block' is one of Ceph [snapshot-class-is-of-volumes-driver]"""

from components.postgres import SnapshotsSpec
from tests.valid import database, environment, operators, storage

_SNAPSHOTS = SnapshotsSpec(class_name="ceph-block", schedule="0 4 * * *")
ENVIRONMENT = environment(
    operators=operators(),
    storage=storage(),
    databases={"n8n": database(snapshots=_SNAPSHOTS)},
)
