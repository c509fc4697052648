"""storage.disks.nodes.C: 'C' is not a node name; write it as `kubectl get nodes` shows it [node-name-is-dns-subdomain]"""

from tests.valid import environment, named_nodes, storage

ENVIRONMENT = environment(
    storage=storage(disks=named_nodes(nodes={"a": ["sdb"], "b": ["sdb"], "C": ["sdb"]}))
)
