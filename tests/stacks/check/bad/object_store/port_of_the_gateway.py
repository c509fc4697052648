"""object_store.port: unknown field; ObjectStoreSpec has name, namespace, certificate, gateways, resources, copies, image, kms, bucket_policies"""

from tests.valid import environment, object_store

ENVIRONMENT = environment(object_store=object_store(port=443))
