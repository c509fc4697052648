"""object_store: PostgresSpec is not an ObjectStoreSpec; write ObjectStoreSpec(...) or S3Spec(...) or ExistingObjectStoreSpec(...)"""

from tests.valid import database, environment

ENVIRONMENT = environment(object_store=database())
