"""databases.n8n.site.promoted: there is no promotion_token; leave it out [promotion-has-one-ground]"""

from tests.valid import environment, following, site

ENVIRONMENT = environment(
    databases={"n8n": following(site=site(role="primary", lost="it burnt down", promoted=2))}
)
