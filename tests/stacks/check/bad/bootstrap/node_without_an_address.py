"""bootstrap.nodes.cp-1.address: is missing; write it: Address of its Talos API, on port 50000"""

from tests.valid import LEFT_OUT, environment, node, talos

ENVIRONMENT = environment(
    bootstrap=talos(nodes={"cp-1": node(role="control-plane", address=LEFT_OUT)})
)
