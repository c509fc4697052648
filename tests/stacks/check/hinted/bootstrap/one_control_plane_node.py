"""bootstrap.nodes: 1 control-plane node takes the cluster with it; three survive the loss of one [control-plane-survives-node-loss]"""

from tests.valid import environment, node, talos

ENVIRONMENT = environment(
    bootstrap=talos(nodes={"cp-1": node(role="control-plane", address="10.0.0.1"), "w-1": node()})
)
