"""databases.n8n.site.promotion_token: 'eyJsYXRlc3RDaGVja3BvaW50VGltZWxpbmVJRCI6...' is not a promotion token; write the `demotionToken` in the status of the other site's Cluster [promotion-token-is-a-demoted-clusters]"""

from tests.valid import environment, following, promotion_token, site

ENVIRONMENT = environment(
    databases={
        "n8n": following(
            site=site(
                role="primary", promotion_token=promotion_token(latestCheckpointTimelineID="")
            )
        )
    }
)
