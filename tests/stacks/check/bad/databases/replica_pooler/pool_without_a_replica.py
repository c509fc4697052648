"""databases.n8n.replica_pooler: 1 instance has no replica, and every client of the pool would wait in vain; write 2 instances, or leave it out [pool-of-replicas-has-replica]"""

from tests.valid import database, environment, pooler

ENVIRONMENT = environment(
    disposable=True, databases={"n8n": database(instances=1, replica_pooler=pooler())}
)
