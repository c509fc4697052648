"""databases.n8n.site: generation 2 follows the other site, which may still accept writes; write its promotion_token, or in lost why that site is gone [promoted-follower-has-a-ground]"""

from tests.valid import environment, following, site

ENVIRONMENT = environment(databases={"n8n": following(site=site(role="primary"))})
