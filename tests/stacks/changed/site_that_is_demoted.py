"""Cluster n8n-prod/n8n-postgres: spec.replica: it accepts no writes any more, and follows the other site; write in promotion_token of that site what `kubectl -n n8n-prod get cluster n8n-postgres -o jsonpath={.status.demotionToken}` prints [demotion-ends-writes]"""

from tests.valid import database, environment, site

BEFORE = environment(databases={"n8n": database(site=site(role="primary"))})
AFTER = environment(databases={"n8n": database(site=site())})
