"""databases.n8n.placement.node_selector: 'disk=nvme' is a str; write a dict {name: ...}"""

from tests.valid import database, environment, placement

ENVIRONMENT = environment(
    databases={"n8n": database(placement=placement(node_selector="disk=nvme"))}
)
