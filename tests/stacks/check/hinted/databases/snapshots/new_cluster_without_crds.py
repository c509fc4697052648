"""databases.n8n.snapshots: a new cluster has neither the CRDs of snapshot.storage.k8s.io nor their controller, and CloudNativePG's operator needs them when it starts; its machine configurations can install them (extraManifests) [new-cluster-can-make-snapshots]"""

from components.postgres import SnapshotsSpec
from tests.valid import database, environment, operators, storage, talos

ENVIRONMENT = environment(
    bootstrap=talos(),
    operators=operators(),
    storage=storage(),
    databases={
        "n8n": database(
            storage_class="ceph-block",
            snapshots=SnapshotsSpec(class_name="ceph-block", schedule="0 4 * * *"),
        )
    },
)
