"""databases.shop-database-a.databases.b: the Database resource 'shop-database-a-database-b' is also that of databases.shop.databases.a-database-b; choose another name [object-names-are-unique]"""

from components.postgres import DatabaseSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "shop": database("shop", databases={"a-database-b": DatabaseSpec(owner="app")}),
        "shop-database-a": database("two", databases={"b": DatabaseSpec(owner="app")}),
    }
)
