"""bootstrap.control_plane: is missing; write it: Address of a control-plane node, which reports the cluster's health"""

from tests.valid import LEFT_OUT, environment, tofu

ENVIRONMENT = environment(bootstrap=tofu(control_plane=LEFT_OUT))
