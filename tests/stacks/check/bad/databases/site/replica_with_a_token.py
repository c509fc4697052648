"""databases.n8n.site.promotion_token: a replica is not promoted; leave it out [promotion-has-one-ground]"""

from tests.valid import environment, following, promotion_token, site

ENVIRONMENT = environment(
    databases={"n8n": following(site=site(promotion_token=promotion_token()))}
)
