"""databases.n8n.load_balancers.outside.annotations.pool: 1 is an int; write text in quotes"""

from tests.valid import database, environment, load_balancer

ENVIRONMENT = environment(
    databases={"n8n": database(load_balancers={"outside": load_balancer(annotations={"pool": 1})})}
)
