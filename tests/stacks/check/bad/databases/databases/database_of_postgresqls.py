"""databases.n8n.databases.template1: 'template1' is reserved by PostgreSQL; choose another name [database-is-not-reserved]"""

from components.postgres.roles import DatabaseSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            databases={"template1": DatabaseSpec(owner="n8n")}, database="n8n", owner="n8n"
        )
    }
)
