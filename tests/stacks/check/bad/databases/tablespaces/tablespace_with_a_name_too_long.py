"""databases.n8n.tablespaces.cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc: 'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc' has 60 characters; write at most 59 [tablespace-name-is-a-volumes]"""

from tests.valid import database, environment, tablespace

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            tablespaces={
                "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc": tablespace()
            }
        )
    }
)
