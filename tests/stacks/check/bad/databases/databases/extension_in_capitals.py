"""databases.n8n.databases.two.extensions.0: 'PostGIS' is not an extension name; write it as `pg_available_extensions` does, like 'uuid-ossp' [extension-name-is-valid]"""

from components.postgres.roles import DatabaseSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            databases={"two": DatabaseSpec(owner="n8n", extensions=["PostGIS"])},
            database="n8n",
            owner="n8n",
        )
    }
)
