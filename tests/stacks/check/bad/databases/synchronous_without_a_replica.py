"""databases.n8n: synchronous 'preferred' with 1 instance has no replica to wait for; write 3 instances, or leave synchronous out [synchronous-has-replica]
databases.n8n.instances: 1 instance stops with its node and at each restart; write at least 2, or declare the environment disposable [database-has-replica]"""

from components.postgres.replication import SynchronousSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(instances=1, synchronous=SynchronousSpec(durability="preferred"))}
)
