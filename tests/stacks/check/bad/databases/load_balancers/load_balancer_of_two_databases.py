"""databases.two.load_balancers.outside: 'outside' is also a Service of databases.one; choose another name [service-is-not-shared]"""

from tests.valid import database, environment, load_balancer

ENVIRONMENT = environment(
    databases={
        name: database(name, namespace="shop", load_balancers={"outside": load_balancer()})
        for name in ("one", "two")
    }
)
