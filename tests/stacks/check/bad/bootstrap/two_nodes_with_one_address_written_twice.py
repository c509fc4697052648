"""bootstrap: nodes.w-1 has the address fd00::1 of nodes.cp-1; write its own [node-addresses-are-unique]"""

from tests.valid import environment, node, talos

ENVIRONMENT = environment(
    bootstrap=talos(
        nodes={
            "cp-1": node(role="control-plane", address="fd00::1"),
            "w-1": node(address="fd00:0::1"),
        }
    )
)
