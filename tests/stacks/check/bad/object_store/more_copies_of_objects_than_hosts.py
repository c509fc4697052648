"""object_store.copies: 4 copies need as many hosts, and storage.disks.nodes has 3; name 4 nodes or write at most 3 [pool-copies-have-hosts]"""

from tests.valid import environment, named_nodes, object_store, storage

ENVIRONMENT = environment(storage=storage(disks=named_nodes()), object_store=object_store(copies=4))
