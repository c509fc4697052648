"""databases.n8n.generations.1.source: generation 1 was upgraded to generation 2 already; write 2, or another one that was upgraded [source-is-an-earlier-generation]"""

from tests.valid import database, environment, upgrade

ENVIRONMENT = environment(
    databases={
        "n8n": database(generations=[upgrade(from_major=15), upgrade(from_major=16, source=1)])
    }
)
