"""monitored: True creates PodMonitors, which a new cluster does not know; install the Prometheus operator first [offsite-alerts-have-prometheus]"""

from tests.valid import environment, named_nodes, operators, storage, talos

ENVIRONMENT = environment(
    bootstrap=talos(),
    operators=operators(),
    storage=storage(disks=named_nodes()),
    monitored=True,
)
