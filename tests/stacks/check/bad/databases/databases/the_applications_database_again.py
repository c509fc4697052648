"""databases.n8n.databases.n8n: 'n8n' is already the application's database; choose another name [database-and-role-names-are-unique]"""

from components.postgres.roles import DatabaseSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(databases={"n8n": DatabaseSpec(owner="n8n")}, database="n8n", owner="n8n")
    }
)
