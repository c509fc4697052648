"""databases.two.databases.x: the Database 'orders-eu-x-db' in namespace 'shop' is also that of databases.one.databases.eu_x; choose another name [object-names-are-unique]"""

from components.postgres import DatabaseSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "one": database(
            "one", namespace="shop", cluster="orders", databases={"eu_x": DatabaseSpec(owner="app")}
        ),
        "two": database(
            "two", namespace="shop", cluster="orders-eu", databases={"x": DatabaseSpec(owner="app")}
        ),
    }
)
