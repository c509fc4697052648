"""storage.monitors: 7 monitors need as many nodes, and bootstrap.nodes has 6; add nodes or write fewer monitors [monitors-have-nodes]"""

from tests.valid import environment, storage, talos

ENVIRONMENT = environment(bootstrap=talos(), storage=storage(monitors=7))
