"""databases.n8n.databases.two.extensions: 'vector' is listed twice; write it once [names-are-listed-once]"""

from components.postgres.roles import DatabaseSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            databases={"two": DatabaseSpec(owner="n8n", extensions=["vector", "vector"])},
            database="n8n",
            owner="n8n",
        )
    }
)
