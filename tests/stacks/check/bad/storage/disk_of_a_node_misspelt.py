"""storage.disks.nodes.w3: 'w3' is not in bootstrap.nodes; did you mean 'w-3'? [disks-belong-to-known-nodes]"""

from tests.valid import environment, named_nodes, storage, talos

ENVIRONMENT = environment(bootstrap=talos(), storage=storage(disks=named_nodes("w-1", "w-2", "w3")))
