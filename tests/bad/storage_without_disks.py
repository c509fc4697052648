"""storage.disks: is missing; write it: Which disks become the cluster's"""

from tests.sound import LEFT_OUT, environment, storage

ENVIRONMENT = environment(storage=storage(disks=LEFT_OUT))
