"""object_store: 'https://s3.example.org' is not an ObjectStoreSpec; write ObjectStoreSpec(...) or S3Spec(...)"""

from tests.valid import environment

ENVIRONMENT = environment(object_store="https://s3.example.org")
