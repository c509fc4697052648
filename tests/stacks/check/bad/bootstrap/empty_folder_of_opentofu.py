"""bootstrap.folder: is empty; write it: Absolute path, on the machine that runs Pulumi, of the OpenTofu configuration"""

from tests.valid import environment, tofu

ENVIRONMENT = environment(bootstrap=tofu(folder=""))
