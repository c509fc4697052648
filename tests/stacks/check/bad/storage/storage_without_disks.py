"""storage.disks: is missing; write it: Which disks become the cluster's"""

from tests.valid import LEFT_OUT, environment, storage

ENVIRONMENT = environment(storage=storage(disks=LEFT_OUT))
