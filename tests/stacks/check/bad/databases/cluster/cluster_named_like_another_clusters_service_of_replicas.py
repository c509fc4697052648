"""databases.two.cluster: 'orders-ro' is the name of the Service generated for databases.n8n (cluster 'orders'); choose another name [cluster-name-does-not-collide-with-generated-names]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(namespace="shop", cluster="orders"),
        "two": database("two", namespace="shop", cluster="orders-ro"),
    }
)
