"""storage.ip_family: 'IPv6' is not the family of any address of bootstrap; it must be the one that pods have [ceph-family-is-one-of-nodes]"""

from tests.valid import environment, operators, storage, talos

ENVIRONMENT = environment(
    bootstrap=talos(), operators=operators(), storage=storage(ip_family="IPv6")
)
