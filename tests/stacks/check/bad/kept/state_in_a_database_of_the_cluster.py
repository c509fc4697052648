"""kept.pulumi_state.place: 'postgres://pulumi@n8n-postgres.n8n-prod.svc/state' is a service of this cluster and is lost with it; keep it elsewhere [kept-outlives-cluster]"""

from tests.valid import environment, kept, kept_at

ENVIRONMENT = environment(
    kept=kept(pulumi_state=kept_at(place="postgres://pulumi@n8n-postgres.n8n-prod.svc/state"))
)
