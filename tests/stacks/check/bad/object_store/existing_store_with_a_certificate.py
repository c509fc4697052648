"""object_store.certificate: unknown field; ExistingObjectStoreSpec has name, namespace, port, ca_secret, encrypts, bucket_policies"""

from tests.valid import certificate, environment, existing_store

ENVIRONMENT = environment(object_store=existing_store(certificate=certificate()))
