"""object_store.namespace: 'elsewhere' is not the Ceph cluster's namespace; write 'rook-ceph', the namespace of storage [object-store-matches-ceph-cluster]"""

from tests.valid import environment, object_store, storage

ENVIRONMENT = environment(storage=storage(), object_store=object_store(namespace="elsewhere"))
