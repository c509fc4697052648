"""bootstrap.nodes.cp-1.role: 'controlplane' is not a choice; write 'control-plane' or 'worker'"""

from tests.valid import environment, node, talos

ENVIRONMENT = environment(bootstrap=talos(nodes={"cp-1": node(role="controlplane")}))
