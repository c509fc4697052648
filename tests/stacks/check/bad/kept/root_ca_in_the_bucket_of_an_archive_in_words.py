"""kept.root_ca.place: 'encrypted in bucket n8n-backups' is a bucket of this cluster's own object store and is lost with it; keep it elsewhere [kept-outlives-cluster]"""

from tests.valid import environment, kept, kept_at

ENVIRONMENT = environment(kept=kept(root_ca=kept_at(place="encrypted in bucket n8n-backups")))
