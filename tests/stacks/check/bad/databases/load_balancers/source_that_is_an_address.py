"""databases.n8n.load_balancers.outside.source_ranges.0: '10.0.0.7' is a single address; write '10.0.0.7/32' [range-is-cidr]"""

from tests.valid import database, environment, load_balancer

ENVIRONMENT = environment(
    databases={
        "n8n": database(load_balancers={"outside": load_balancer(source_ranges=["10.0.0.7"])})
    }
)
