"""databases.n8n.placement.node_selector.fast: True is a bool; write text in quotes"""

from tests.valid import database, environment, placement

ENVIRONMENT = environment(
    databases={"n8n": database(placement=placement(node_selector={"fast": True}))}
)
