"""kept.talos_secrets.place: 'sftp://[fd00:0::1]/srv/talos' is bootstrap.control_plane, a node of this cluster, and is lost with it; keep it elsewhere [kept-outlives-cluster]"""

from tests.valid import environment, kept, kept_at, tofu

ENVIRONMENT = environment(
    bootstrap=tofu(control_plane="fd00::1"),
    kept=kept(talos_secrets=kept_at(place="sftp://[fd00:0::1]/srv/talos")),
)
