"""databases.n8n: synchronous 'required' with 3 instances stops writes whenever one replica is down; write 4 instances, or 'preferred' [writes-survive-replica-loss]"""

from components.postgres.replication import SynchronousSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(instances=3, synchronous=SynchronousSpec(number=2))}
)
