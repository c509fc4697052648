"""object_store: 'https://s3.example.org' is not an ObjectStoreSpec; write ObjectStoreSpec(...) or S3Spec(...) or ExistingObjectStoreSpec(...)"""

from tests.valid import environment

ENVIRONMENT = environment(object_store="https://s3.example.org")
