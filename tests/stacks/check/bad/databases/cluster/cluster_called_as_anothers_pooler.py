"""databases.two.cluster: 'one-postgres-pooler-rw' is what the Service of databases.one is called, whose cluster is 'one-postgres'; write another name [cluster-name-does-not-collide-with-generated-names]"""

from components.postgres.pooler import PoolerSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "one": database("one", namespace="shop", pooler=PoolerSpec()),
        "two": database("two", namespace="shop", cluster="one-postgres-pooler-rw"),
    }
)
