"""databases.two.service: 'one-postgres-pooler-rw' is also a Service of databases.one; choose another name [service-is-not-shared]"""

from components.postgres.pooler import PoolerSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "one": database("one", namespace="shop", pooler=PoolerSpec()),
        "two": database("two", namespace="shop", service="one-postgres-pooler-rw"),
    }
)
