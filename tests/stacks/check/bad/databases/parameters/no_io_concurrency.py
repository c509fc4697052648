"""databases.n8n.parameters.io_max_concurrency: '0' is not accepted; write -1 to have it chosen, or at least 1 [buffers-have-accepted-size]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:18.4-system-trixie",
            parameters={"io_max_concurrency": "0"},
        )
    }
)
