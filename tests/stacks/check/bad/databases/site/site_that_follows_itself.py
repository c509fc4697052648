"""databases.n8n.site.server_name: 'n8n-postgres-g2' is an archive of this site; write another cluster at one of the two [sites-have-two-server-names]"""

from tests.valid import environment, following, site

ENVIRONMENT = environment(databases={"n8n": following(site=site(server_name="n8n-postgres-g2"))})
