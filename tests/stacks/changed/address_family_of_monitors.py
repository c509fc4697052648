"""CephCluster rook-ceph/rook-ceph: spec.network.ipFamily: monitors that run have IPv4 addresses and are not found with IPv6; change it only before the cluster has data [monitors-keep-their-addresses]"""

from tests.valid import environment, storage

BEFORE = environment(storage=storage())
AFTER = environment(storage=storage(ip_family="IPv6"))
