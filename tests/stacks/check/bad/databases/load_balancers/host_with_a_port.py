"""databases.n8n.load_balancers.outside.hosts.0: 'n8n.example.org:5432' is not a host name; write one like 's3.example.org', without scheme, port or wildcard [host-name-is-dns-name]"""

from tests.valid import database, environment, load_balancer

ENVIRONMENT = environment(
    databases={
        "n8n": database(load_balancers={"outside": load_balancer(hosts=["n8n.example.org:5432"])})
    }
)
