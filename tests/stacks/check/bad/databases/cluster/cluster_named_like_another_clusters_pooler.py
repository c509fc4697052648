"""databases.two.cluster: 'one-postgres-pooler-rw' is the name of the Service generated for databases.one (cluster 'one-postgres'); choose another name [cluster-name-does-not-collide-with-generated-names]"""

from components.postgres.pooler import PoolerSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "one": database("one", namespace="shop", pooler=PoolerSpec()),
        "two": database("two", namespace="shop", cluster="one-postgres-pooler-rw"),
    }
)
