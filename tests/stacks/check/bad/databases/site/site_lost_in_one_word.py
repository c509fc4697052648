"""databases.n8n.site.lost: 'burnt' is not a reason; write in some words why [reason-is-given]"""

from tests.valid import environment, following, site

ENVIRONMENT = environment(databases={"n8n": following(site=site(role="primary", lost="burnt"))})
