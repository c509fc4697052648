"""storage.disks.nodes.storage: 'storage' is not in bootstrap.nodes; write one of cp-1, cp-2, cp-3, w-1, w-2, w-3 [disks-belong-to-known-nodes]"""

from tests.valid import environment, named_nodes, storage, talos

ENVIRONMENT = environment(
    bootstrap=talos(), storage=storage(disks=named_nodes("w-1", "w-2", "storage"))
)
