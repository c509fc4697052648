"""kept.pulumi_passphrase.place: 'https://wiki.cert-manager/passphrase' is a service of this cluster and is lost with it; keep it elsewhere [kept-outlives-cluster]"""

from tests.valid import environment, kept, kept_at

ENVIRONMENT = environment(
    kept=kept(pulumi_passphrase=kept_at(place="https://wiki.cert-manager/passphrase"))
)
