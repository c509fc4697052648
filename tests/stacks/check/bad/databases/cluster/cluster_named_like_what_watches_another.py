"""databases.two.cluster: 'orders-watch' is the name of the Service generated for databases.n8n (cluster 'orders'); choose another name [cluster-name-does-not-collide-with-generated-names]"""

from tests.valid import database, drills, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(namespace="shop", cluster="orders", drills=drills()),
        "two": database("two", namespace="shop", cluster="orders-watch"),
    },
)
