"""storage: monitors may be on cp-1, cp-2, cp-3 next to etcd, whose recovery wipes /var there, so their store with the keys of encrypted disks; keep Ceph on workers, or copy /var/lib/rook off first (docs/runbooks/talos.md) [ceph-lives-apart-from-etcd]"""

from tests.valid import environment, named_nodes, node, operators, storage, talos

NODES = {f"cp-{n}": node(address=f"10.0.0.1{n}", role="control-plane") for n in (1, 2, 3)}

ENVIRONMENT = environment(
    bootstrap=talos(nodes=NODES),
    operators=operators(),
    storage=storage(disks=named_nodes(*NODES)),
)
