"""databases.n8n.placement.node_selector.disk type: 'disk type' is not a label's key; write letters, digits, '-', '_' and '.', first and last a letter or digit [label-key-is-qualified]"""

from tests.valid import database, environment, placement

ENVIRONMENT = environment(
    databases={"n8n": database(placement=placement(node_selector={"disk type": "nvme"}))}
)
