"""databases.two.service: 'orders' is also a Service of databases.one; choose another name [service-is-not-shared]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "one": database("one", namespace="shop", service="orders"),
        "two": database("two", namespace="shop", service="orders"),
    }
)
