"""databases.shop-service-n8n: the Service resource 'shop-service-n8n-service' is also that of databases.shop.load_balancers.n8n-service; choose another name [object-names-are-unique]"""

from tests.valid import database, environment, load_balancer

ENVIRONMENT = environment(
    databases={
        "shop": database("shop", load_balancers={"n8n-service": load_balancer()}),
        "shop-service-n8n": database(),
    }
)
