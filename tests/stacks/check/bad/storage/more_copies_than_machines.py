"""storage.copies: 3 copies need as many hosts, and bootstrap.nodes has 2; name 3 nodes or write at most 2 [pool-copies-have-hosts]"""

from tests.valid import environment, every_node, node, object_store, storage, talos

ENVIRONMENT = environment(
    bootstrap=talos(nodes={"cp-1": node(address="10.0.0.1", role="control-plane"), "w-1": node()}),
    disposable=True,
    storage=storage(disks=every_node(), monitors=1, copies=3),
    object_store=object_store(copies=2),
)
