"""databases.two.cluster: 'orders-barman-cloud' is the name of the Role generated for databases.n8n (cluster 'orders'); choose another name [cluster-name-does-not-collide-with-generated-names]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(namespace="shop", cluster="orders"),
        "two": database("two", namespace="shop", cluster="orders-barman-cloud"),
    }
)
