"""databases.n8n.parameters: synchronous_commit 'local' waits for no replica, although synchronous is declared; leave one of them out [commits-wait-for-replicas]"""

from components.postgres.replication import SynchronousSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            synchronous=SynchronousSpec(durability="preferred"),
            parameters={"synchronous_commit": "local"},
        )
    }
)
