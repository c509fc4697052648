"""databases.n8n.storage_class: a new cluster has no default StorageClass unless something else installs it; storage creates 'ceph-block' [new-cluster-has-storage-classes]"""

from tests.valid import environment, operators, storage, talos

ENVIRONMENT = environment(bootstrap=talos(), operators=operators(), storage=storage())
