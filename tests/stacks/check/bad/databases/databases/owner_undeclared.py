"""databases.n8n.databases.two.owner: 'two' is not a role; write one of n8n, or add it to roles [owners-and-groups-exist]"""

from components.postgres.roles import DatabaseSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(databases={"two": DatabaseSpec(owner="two")}, database="n8n", owner="n8n")
    }
)
