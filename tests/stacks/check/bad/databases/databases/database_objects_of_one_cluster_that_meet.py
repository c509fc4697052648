"""databases.n8n.databases.a-b: the Database 'n8n-postgres-a-b-db' in namespace 'n8n-prod' is also that of databases.n8n.databases.a_b; choose another name [object-names-are-unique]"""

from components.postgres import DatabaseSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            databases={"a_b": DatabaseSpec(owner="app"), "a-b": DatabaseSpec(owner="app")}
        )
    }
)
