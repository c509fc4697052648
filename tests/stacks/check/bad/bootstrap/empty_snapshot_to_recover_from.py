"""bootstrap.recover_from: is empty; write it: Path of an etcd snapshot to start from, on the machine that runs Pulumi"""

from tests.valid import environment, talos

ENVIRONMENT = environment(bootstrap=talos(recover_from=""))
