"""databases.n8n.site.role: 'standby' is not a choice; write 'primary' or 'replica'"""

from tests.valid import environment, following, site

ENVIRONMENT = environment(databases={"n8n": following(site=site(role="standby"))})
