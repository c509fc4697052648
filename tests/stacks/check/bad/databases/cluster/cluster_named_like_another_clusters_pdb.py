"""databases.two.cluster: 'orders-primary' is the name of the PodDisruptionBudget generated for databases.n8n (cluster 'orders'); choose another name [cluster-name-does-not-collide-with-generated-names]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(namespace="shop", cluster="orders"),
        "two": database("two", namespace="shop", cluster="orders-primary"),
    }
)
