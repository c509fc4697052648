"""object_store: a new cluster has no CephObjectStore 'shared' in 'rook-ceph', and claims of buckets wait for it; an ObjectStoreSpec with a StorageSpec creates one [new-cluster-has-what-exists]"""

from tests.valid import environment, existing_store, talos

ENVIRONMENT = environment(bootstrap=talos(), object_store=existing_store())
