"""object_store.image: 'quay.io/ceph/ceph:v19.2.3' is not the image of storage, 'quay.io/ceph/ceph:v18.2.7'; leave it out [object-store-matches-ceph-cluster]"""

from tests.valid import environment, object_store, storage

ENVIRONMENT = environment(
    storage=storage(), object_store=object_store(image="quay.io/ceph/ceph:v19.2.3")
)
