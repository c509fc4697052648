"""object_store: PostgresSpec is not an ObjectStoreSpec; write ObjectStoreSpec(...)"""

from tests.valid import database, environment

ENVIRONMENT = environment(object_store=database())
