"""databases.n8n.load_balancers.outside.source_ranges: '10.0.0.0/8' is a str; write a list, like ['10.0.0.0/8']"""

from tests.valid import database, environment, load_balancer

ENVIRONMENT = environment(
    databases={
        "n8n": database(load_balancers={"outside": load_balancer(source_ranges="10.0.0.0/8")})
    }
)
