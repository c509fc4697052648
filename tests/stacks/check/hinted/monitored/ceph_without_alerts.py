"""monitored: no alert says that a disk is down or nearly full, and a full one stops every archive; with the Prometheus operator in the cluster True declares alerts [ceph-cluster-is-monitored]"""

from tests.valid import environment, operators, storage

ENVIRONMENT = environment(operators=operators(), storage=storage())
