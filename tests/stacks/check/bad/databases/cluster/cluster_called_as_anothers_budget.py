"""databases.two.cluster: 'orders-primary' is what the PodDisruptionBudget of databases.n8n is called, whose cluster is 'orders'; write another name [cluster-name-does-not-collide-with-generated-names]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(namespace="shop", cluster="orders"),
        "two": database("two", namespace="shop", cluster="orders-primary"),
    }
)
