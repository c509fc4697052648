"""databases.n8n.placement.node_selector.disk: 'nvme,ssd' is not a label's value; write letters, digits, '-', '_' and '.', first and last a letter or digit [label-value-is-short]"""

from tests.valid import database, environment, placement

ENVIRONMENT = environment(
    databases={"n8n": database(placement=placement(node_selector={"disk": "nvme,ssd"}))}
)
