"""kept.pulumi_passphrase.place: 's3://n8n-backups/passphrase' is a bucket of this cluster's own object store and is lost with it; keep it elsewhere [kept-outlives-cluster]"""

from tests.valid import environment, kept, kept_at

ENVIRONMENT = environment(kept=kept(pulumi_passphrase=kept_at(place="s3://n8n-backups/passphrase")))
