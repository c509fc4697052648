"""databases.n8n.load_balancers.outside.source_ranges.0: 'office.example.org' is not a range of addresses; write one like '10.0.0.0/8' [range-is-cidr]"""

from tests.valid import database, environment, load_balancer

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            load_balancers={"outside": load_balancer(source_ranges=["office.example.org"])}
        )
    }
)
