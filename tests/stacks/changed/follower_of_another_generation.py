"""Cluster n8n-prod/n8n-postgres-g2: spec.replica.source: it follows 'n8n-north', and 'n8n-north-g2' has another history; add FollowSpec(server_name='n8n-north-g2') to generations, and make that one active [follower-keeps-its-source]"""

from tests.valid import environment, following, site

BEFORE = environment(databases={"n8n": following()})
AFTER = environment(databases={"n8n": following(site=site(server_name="n8n-north-g2"))})
