"""databases.n8n.site.min_apply_delay: '8' is not a duration; write a whole number and s, m, h or d, like '5m' [duration-has-unit]"""

from tests.valid import environment, following, site

ENVIRONMENT = environment(databases={"n8n": following(site=site(min_apply_delay="8"))})
