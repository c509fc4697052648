"""object_store.gateways: 3 gateways need as many nodes, and bootstrap.nodes has 2; add nodes or write at most 2 [instances-have-nodes]"""

from tests.valid import environment, node, object_store, talos

ENVIRONMENT = environment(
    bootstrap=talos(nodes={"cp-1": node(address="10.0.0.1", role="control-plane"), "w-1": node()}),
    object_store=object_store(gateways=3),
)
