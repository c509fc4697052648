"""Cluster n8n-prod/n8n-postgres-g2: spec.replica: it accepts writes once it has replayed all that the other site archived before it was demoted, and restarts once with the next reload of its configuration; have clients use it [promotion-begins-writes]"""

from tests.valid import environment, following, promotion_token, site

BEFORE = environment(databases={"n8n": following()})
AFTER = environment(
    databases={"n8n": following(site=site(role="primary", promotion_token=promotion_token()))}
)
