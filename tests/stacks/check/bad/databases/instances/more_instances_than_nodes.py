"""databases.n8n.instances: 3 instances need as many nodes, and bootstrap.nodes has 2; add nodes or write at most 2 [instances-have-nodes]"""

from tests.valid import database, environment, node, talos

ENVIRONMENT = environment(
    bootstrap=talos(nodes={"cp-1": node(address="10.0.0.1", role="control-plane"), "w-1": node()}),
    databases={"n8n": database(instances=3)},
)
