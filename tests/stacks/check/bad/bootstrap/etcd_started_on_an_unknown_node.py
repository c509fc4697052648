"""bootstrap: bootstrap_node 'cp-9' is not a control-plane node; write one of cp-1, cp-2, cp-3 [etcd-starts-on-control-plane]"""

from tests.valid import environment, talos

ENVIRONMENT = environment(bootstrap=talos(bootstrap_node="cp-9"))
