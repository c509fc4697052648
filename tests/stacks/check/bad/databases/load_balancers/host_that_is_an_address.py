"""databases.n8n.load_balancers.outside.hosts.0: '10.0.0.7' is an address; write a host name that resolves to it [host-name-is-dns-name]"""

from tests.valid import database, environment, load_balancer

ENVIRONMENT = environment(
    databases={"n8n": database(load_balancers={"outside": load_balancer(hosts=["10.0.0.7"])})}
)
