"""storage.ip_family: every address of bootstrap is IPv6, and Ceph listens on IPv4 unless told; write 'IPv6', or 'IPv4' if pods have IPv4 addresses [ceph-listens-on-family-of-nodes]"""

from tests.valid import environment, operators, storage, tofu

ENVIRONMENT = environment(
    bootstrap=tofu(control_plane="2001:db8::11"), operators=operators(), storage=storage()
)
