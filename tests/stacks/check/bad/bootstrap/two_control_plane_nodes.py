"""bootstrap.nodes: 2 control-plane nodes survive no more losses than 1; write 1 or 3 [control-plane-count-is-odd]"""

from tests.valid import environment, node, talos

ENVIRONMENT = environment(
    bootstrap=talos(
        nodes={
            name: node(address=f"10.0.0.{n}", role="control-plane")
            for n, name in enumerate(("cp-1", "cp-2"), 1)
        }
    )
)
