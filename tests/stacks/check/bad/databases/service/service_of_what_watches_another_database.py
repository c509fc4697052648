"""databases.two.service: 'one-postgres-watch' is also a Service of databases.one; choose another name [service-is-not-shared]"""

from tests.valid import database, drills, environment

ENVIRONMENT = environment(
    databases={
        "one": database("one", namespace="shop", drills=drills()),
        "two": database("two", namespace="shop", service="one-postgres-watch"),
    }
)
