"""storage: monitors may be on cp-1, cp-2, cp-3 next to etcd, whose recovery wipes /var there, so their store with the keys of encrypted disks; keep Ceph on workers, or copy /var/lib/rook off first (docs/runbooks/talos.md) [ceph-lives-apart-from-etcd]"""

from tests.valid import ceph_placement, environment, named_nodes, operators, storage, talos

ENVIRONMENT = environment(
    bootstrap=talos(),
    operators=operators(),
    storage=storage(
        disks=named_nodes(),
        placement=ceph_placement(tolerations=["node-role.kubernetes.io/control-plane"]),
    ),
)
