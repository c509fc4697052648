"""databases.n8n.load_balancers.outside.source_ranges.0: '10.0.0.7/24' is not a range of addresses; write one like '10.0.0.0/24' [range-is-cidr]"""

from tests.valid import database, environment, load_balancer

ENVIRONMENT = environment(
    databases={
        "n8n": database(load_balancers={"outside": load_balancer(source_ranges=["10.0.0.7/24"])})
    }
)
