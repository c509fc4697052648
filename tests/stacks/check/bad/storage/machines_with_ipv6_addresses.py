"""storage.ip_family: every address of bootstrap is IPv6, and Ceph listens on IPv4 unless told; write 'IPv6', or 'IPv4' if pods have IPv4 addresses [ceph-listens-on-family-of-nodes]"""

from tests.valid import environment, node, operators, storage, talos

NODES = {f"cp-{n}": node(address=f"fd00:10::1{n}", role="control-plane") for n in (1, 2, 3)}
NODES |= {f"w-{n}": node(address=f"fd00:10::2{n}") for n in (1, 2, 3)}

ENVIRONMENT = environment(bootstrap=talos(nodes=NODES), operators=operators(), storage=storage())
