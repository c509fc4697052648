"""databases.n8n.site.promoted: generation 3 is not declared; write 1 to 2, or leave it out [promoted-generation-is-declared]"""

from tests.valid import environment, following, promotion_token, site

ENVIRONMENT = environment(
    databases={
        "n8n": following(
            site=site(role="primary", promotion_token=promotion_token(), promoted=3),
        )
    }
)
