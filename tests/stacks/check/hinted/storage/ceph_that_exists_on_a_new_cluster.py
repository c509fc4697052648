"""storage: a new cluster has no Ceph cluster, and the object store waits for one; a StorageSpec creates one [new-cluster-has-what-exists]"""

from tests.valid import environment, existing_ceph, talos

ENVIRONMENT = environment(bootstrap=talos(), storage=existing_ceph())
