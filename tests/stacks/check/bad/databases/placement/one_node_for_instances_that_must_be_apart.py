"""databases.n8n.placement.node_selector.kubernetes.io/hostname: each node has the same 'kubernetes.io/hostname', so only one instance starts with anti_affinity 'required'; leave it out, or choose another topology_key [selected-nodes-are-not-one]"""

from tests.valid import database, environment, placement

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            placement=placement(
                anti_affinity="required", node_selector={"kubernetes.io/hostname": "w-1"}
            )
        )
    }
)
