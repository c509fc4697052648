"""object_store.endpoint: unknown field; ExistingObjectStoreSpec has name, namespace, port, ca_secret, encrypts, bucket_policies"""

from tests.valid import environment, existing_store

ENVIRONMENT = environment(
    object_store=existing_store(endpoint="https://rook-ceph-rgw-shared.rook-ceph.svc:443")
)
