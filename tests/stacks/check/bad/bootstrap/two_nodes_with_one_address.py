"""bootstrap: nodes.w-1 has the address 10.0.0.21 of nodes.cp-1; write its own [node-addresses-are-unique]"""

from tests.valid import environment, node, talos

ENVIRONMENT = environment(
    bootstrap=talos(nodes={"cp-1": node(role="control-plane"), "w-1": node()})
)
