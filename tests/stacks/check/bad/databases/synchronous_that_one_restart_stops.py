"""databases.n8n: synchronous 'required' with 2 instances stops writes whenever the replica is down; write 3 instances, or 'preferred' [writes-survive-replica-loss]"""

from components.postgres.replication import SynchronousSpec
from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(synchronous=SynchronousSpec())})
