"""bootstrap.nodes.cp-1.revision: 0 is too small; write 1 or more"""

from tests.valid import environment, node, talos

ENVIRONMENT = environment(bootstrap=talos(nodes={"cp-1": node(role="control-plane", revision=0)}))
