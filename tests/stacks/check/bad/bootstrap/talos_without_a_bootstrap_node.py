"""bootstrap.bootstrap_node: is missing; write it: The control-plane node on which etcd is started, once; it never changes"""

from tests.valid import LEFT_OUT, environment, talos

ENVIRONMENT = environment(bootstrap=talos(bootstrap_node=LEFT_OUT))
