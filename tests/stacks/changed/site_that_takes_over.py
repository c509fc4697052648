"""Cluster n8n-prod/n8n-postgres-g2: spec.replica: it accepts writes without what the other site did not archive, and restarts once after that; see that nothing writes there any more, and have clients use it [promotion-begins-writes]"""

from tests.valid import environment, following, site

BEFORE = environment(databases={"n8n": following()})
AFTER = environment(
    databases={"n8n": following(active=2, site=site(role="primary", lost="the north burnt down"))}
)
