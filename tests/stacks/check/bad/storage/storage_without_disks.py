"""storage.disks: is missing; write it: The disks of the cluster"""

from tests.valid import LEFT_OUT, environment, storage

ENVIRONMENT = environment(storage=storage(disks=LEFT_OUT))
