"""databases.n8n.wal_storage_class: a new cluster has no default StorageClass unless something else installs it; storage creates 'ceph-block' [new-cluster-has-storage-classes]"""

from tests.valid import database, environment, operators, storage, talos

ENVIRONMENT = environment(
    bootstrap=talos(),
    operators=operators(),
    storage=storage(),
    databases={"n8n": database(storage_class="ceph-block", wal_storage="2Gi")},
)
