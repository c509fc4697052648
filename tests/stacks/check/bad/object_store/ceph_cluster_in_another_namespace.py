"""object_store.namespace: 'rook-ceph' is not the Ceph cluster's namespace; write 'ceph', the namespace of storage [object-store-matches-ceph-cluster]"""

from tests.valid import environment, existing_ceph

ENVIRONMENT = environment(storage=existing_ceph(namespace="ceph"))
