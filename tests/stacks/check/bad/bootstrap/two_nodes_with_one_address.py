"""bootstrap: nodes.w-1 and nodes.cp-1 share the address 10.0.0.21; give nodes.w-1 another one [node-addresses-are-unique]"""

from tests.valid import environment, node, talos

ENVIRONMENT = environment(
    bootstrap=talos(nodes={"cp-1": node(role="control-plane"), "w-1": node()})
)
