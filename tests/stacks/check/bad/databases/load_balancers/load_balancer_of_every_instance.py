"""databases.n8n.load_balancers.outside.reaches: 'r' is not a choice; write 'rw' or 'ro'"""

from tests.valid import database, environment, load_balancer

ENVIRONMENT = environment(
    databases={"n8n": database(load_balancers={"outside": load_balancer(reaches="r")})}
)
