"""offsite.endpoint: 'https://[fd00:5::9]:9000' is bootstrap.nodes.cp-1, a node of this cluster; write the address of a store elsewhere [offsite-is-not-on-cluster-node]"""

from tests.valid import environment, node, offsite, talos

ENVIRONMENT = environment(
    bootstrap=talos(
        nodes={
            "cp-1": node(address="fd00:5::9", role="control-plane"),
            "worker-1": node(address="fd00:5::10"),
        }
    ),
    offsite=offsite(endpoint="https://[FD00:5:0::9]:9000/", ca_secret="nas-ca"),
)
