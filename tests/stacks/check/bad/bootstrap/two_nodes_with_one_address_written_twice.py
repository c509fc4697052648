"""bootstrap: nodes.w-1 and nodes.cp-1 share the address fd00::1; give nodes.w-1 another one [node-addresses-are-unique]"""

from tests.valid import environment, node, talos

ENVIRONMENT = environment(
    bootstrap=talos(
        nodes={
            "cp-1": node(role="control-plane", address="fd00::1"),
            "w-1": node(address="fd00:0::1"),
        }
    )
)
