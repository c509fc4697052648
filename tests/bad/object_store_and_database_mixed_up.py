"""object_store: PostgresSpec is not an ObjectStoreSpec; write ObjectStoreSpec(...)"""

from tests.sound import database, environment

ENVIRONMENT = environment(object_store=database())
