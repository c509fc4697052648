"""storage: monitors may be on cp-2 next to etcd, whose recovery wipes /var there, so their store with the keys of encrypted disks; keep Ceph on workers, or copy /var/lib/rook off first (docs/runbooks/talos.md) [ceph-lives-apart-from-etcd]"""

from tests.valid import environment, named_nodes, operators, storage, talos

ENVIRONMENT = environment(
    bootstrap=talos(recover_from="/backup/etcd.snapshot"),
    operators=operators(),
    storage=storage(disks=named_nodes("cp-2", "w-1", "w-2", "w-3")),
)
