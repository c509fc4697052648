"""databases.n8n.synchronous.number: 2 replicas are more than 2 instances have; write at most 1 [synchronous-has-enough-replicas]"""

from components.postgres.replication import SynchronousSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(synchronous=SynchronousSpec(durability="preferred", number=2))}
)
