"""databases.two.cluster: 'orders-drills' is the name of the PrometheusRule generated for databases.n8n (cluster 'orders'); choose another name [cluster-name-does-not-collide-with-generated-names]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    monitored=True,
    databases={
        "n8n": database(namespace="shop", cluster="orders"),
        "two": database("two", namespace="shop", cluster="orders-drills"),
    },
)
