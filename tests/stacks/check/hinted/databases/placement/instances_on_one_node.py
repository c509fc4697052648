"""databases.n8n.placement.node_selector.kubernetes.io/hostname: 3 instances run where 'kubernetes.io/hostname' is 'w-1', and are lost together; a selector without it keeps them apart [instances-are-apart]"""

from tests.valid import database, environment, placement

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            instances=3, placement=placement(node_selector={"kubernetes.io/hostname": "w-1"})
        )
    }
)
