"""bootstrap.folder: is empty; write it: Absolute path of the OpenTofu configuration, on the machine that runs Pulumi"""

from tests.valid import environment, tofu

ENVIRONMENT = environment(bootstrap=tofu(folder=""))
