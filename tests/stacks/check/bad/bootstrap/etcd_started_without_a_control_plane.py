"""bootstrap: bootstrap_node 'cp-1' is not a control-plane node; give one of nodes that role, and write its name [etcd-starts-on-control-plane]"""

from tests.valid import environment, node, talos

ENVIRONMENT = environment(bootstrap=talos(nodes={"w-1": node()}))
