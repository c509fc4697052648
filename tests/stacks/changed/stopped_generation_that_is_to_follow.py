"""Cluster n8n-prod/n8n-postgres: spec.replica: it was not active, and its history is not the other site's; add FollowSpec to generations, and make that one active [only-the-active-one-is-demoted]"""

from tests.valid import database, environment, restore, site

BEFORE = environment(
    databases={"n8n": database(generations=[restore()], active=2, site=site(role="primary"))}
)
AFTER = environment(
    databases={"n8n": database(generations=[restore()], active=1, retired=[2], site=site())}
)
