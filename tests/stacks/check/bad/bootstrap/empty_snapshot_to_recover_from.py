"""bootstrap.recover_from: is empty; write it: Path, on the machine that runs Pulumi, of the etcd snapshot to start from"""

from tests.valid import environment, talos

ENVIRONMENT = environment(bootstrap=talos(recover_from=""))
