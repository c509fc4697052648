"""kept.talos_secrets.place: 'sftp://10.0.0.11/srv/talos' is bootstrap.nodes.cp-1, a node of this cluster, and is lost with it; keep it elsewhere [kept-outlives-cluster]"""

from tests.valid import environment, kept, kept_at, talos

ENVIRONMENT = environment(
    bootstrap=talos(), kept=kept(talos_secrets=kept_at(place="sftp://10.0.0.11/srv/talos"))
)
