"""databases.n8n.site.lost: a replica is not promoted; leave it out [promotion-has-one-ground]"""

from tests.valid import environment, following, site

ENVIRONMENT = environment(databases={"n8n": following(site=site(lost="it burnt down"))})
