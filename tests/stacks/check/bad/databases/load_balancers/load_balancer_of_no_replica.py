"""databases.n8n.load_balancers.outside.reaches: 1 instance has no replica to reach; write 2 instances, or 'rw' [load-balancer-of-replicas-has-replica]"""

from tests.valid import database, environment, load_balancer

ENVIRONMENT = environment(
    disposable=True,
    databases={
        "n8n": database(instances=1, load_balancers={"outside": load_balancer(reaches="ro")})
    },
)
