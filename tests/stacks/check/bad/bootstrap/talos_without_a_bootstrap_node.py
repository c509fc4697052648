"""bootstrap.bootstrap_node: is missing; write it: The control-plane node on which etcd is bootstrapped, once; it must never change"""

from tests.valid import LEFT_OUT, environment, talos

ENVIRONMENT = environment(bootstrap=talos(bootstrap_node=LEFT_OUT))
