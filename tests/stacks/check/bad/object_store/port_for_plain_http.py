"""object_store.http: unknown field; ObjectStoreSpec has name, namespace, certificate, gateways, resources, copies, image, kms, bucket_policies"""

from tests.valid import environment, object_store

ENVIRONMENT = environment(object_store=object_store(http=80))
