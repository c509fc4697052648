"""databases.n8n.load_balancers.outside.hosts: is empty; write at least one, or leave out what it belongs to [list-says-something]"""

from tests.valid import database, environment, load_balancer

ENVIRONMENT = environment(
    databases={"n8n": database(load_balancers={"outside": load_balancer(hosts=[])})}
)
