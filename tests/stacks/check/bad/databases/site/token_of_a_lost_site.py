"""databases.n8n.site: the other site was demoted and is given up; leave one of promotion_token and lost out [promotion-has-one-ground]"""

from tests.valid import environment, following, promotion_token, site

ENVIRONMENT = environment(
    databases={
        "n8n": following(
            site=site(role="primary", promotion_token=promotion_token(), lost="it burnt down")
        )
    }
)
