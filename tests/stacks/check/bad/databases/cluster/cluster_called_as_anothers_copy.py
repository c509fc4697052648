"""databases.two.cluster: 'orders-offsite' is what the ObjectStore of databases.n8n is called, whose cluster is 'orders'; write another name [cluster-name-does-not-collide-with-generated-names]"""

from tests.valid import database, environment, offsite

ENVIRONMENT = environment(
    offsite=offsite(),
    databases={
        "n8n": database(namespace="shop", cluster="orders"),
        "two": database("two", namespace="shop", cluster="orders-offsite"),
    },
)
