"""databases.other.cluster: 'orders-g2' is the name of a later generation of databases.orders; choose another name [cluster-name-does-not-collide-with-generated-names]"""

from tests.valid import database, environment, upgrade

ENVIRONMENT = environment(
    databases={
        "orders": database("orders", namespace="shop", cluster="orders", generations=[upgrade()]),
        "other": database("other", namespace="shop", cluster="orders-g2"),
    }
)
