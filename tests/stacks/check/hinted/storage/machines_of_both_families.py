"""storage.ip_family: bootstrap has addresses of both families, and Ceph listens on IPv4 unless told; write the family that every pod has [ceph-family-is-one-of-nodes]"""

from tests.valid import environment, node, operators, storage, talos

NODES = {f"cp-{n}": node(address=f"10.0.0.1{n}", role="control-plane") for n in (1, 2, 3)}
NODES |= {f"w-{n}": node(address=f"fd00:10::2{n}") for n in (1, 2, 3)}

ENVIRONMENT = environment(bootstrap=talos(nodes=NODES), operators=operators(), storage=storage())
