"""object_store.namespace: 'elsewhere' is not where the Ceph cluster is; write 'rook-ceph', the namespace of storage [T307]"""

from tests.valid import environment, object_store, storage

ENVIRONMENT = environment(storage=storage(), object_store=object_store(namespace="elsewhere"))
