"""databases.n8n: synchronous 'preferred' with 1 instance has no replica to wait for; write 3 instances, or leave synchronous out [synchronous-has-replica]"""

from components.postgres.replication import SynchronousSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(instances=1, synchronous=SynchronousSpec(durability="preferred"))}
)
