"""databases.two.cluster: 'orders-offsite' is the name of the ObjectStore generated for databases.n8n (cluster 'orders'); choose another name [cluster-name-does-not-collide-with-generated-names]"""

from tests.valid import database, environment, offsite

ENVIRONMENT = environment(
    offsite=offsite(),
    databases={
        "n8n": database(namespace="shop", cluster="orders"),
        "two": database("two", namespace="shop", cluster="orders-offsite"),
    },
)
