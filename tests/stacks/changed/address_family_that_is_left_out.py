"""CephCluster rook-ceph/rook-ceph: spec.network.ipFamily: monitors that run have IPv6 addresses and are not found with IPv4; change it only before the cluster has data [monitors-keep-their-addresses]"""

from tests.valid import environment, storage

BEFORE = environment(storage=storage(ip_family="IPv6"))
AFTER = environment(storage=storage())
