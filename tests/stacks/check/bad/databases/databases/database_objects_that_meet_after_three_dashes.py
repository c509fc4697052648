"""databases.two.databases.d: the Database 'a-b-c-d-db' in namespace 'shop' is also that of databases.one.databases.b_c_d; choose another name [object-names-are-unique]"""

from components.postgres import DatabaseSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "one": database(
            "one", namespace="shop", cluster="a", databases={"b_c_d": DatabaseSpec(owner="app")}
        ),
        "two": database(
            "two", namespace="shop", cluster="a-b-c", databases={"d": DatabaseSpec(owner="app")}
        ),
    }
)
