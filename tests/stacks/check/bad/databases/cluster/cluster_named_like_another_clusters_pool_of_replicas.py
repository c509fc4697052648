"""databases.two.cluster: 'one-postgres-pooler-ro' is the name of the Service generated for databases.one (cluster 'one-postgres'); choose another name [cluster-name-does-not-collide-with-generated-names]"""

from tests.valid import database, environment, pooler

ENVIRONMENT = environment(
    databases={
        "one": database("one", namespace="shop", replica_pooler=pooler()),
        "two": database("two", namespace="shop", cluster="one-postgres-pooler-ro"),
    }
)
