"""databases.n8n.generations.0: it follows another site, and none is declared; declare site [follower-has-another-site]"""

from tests.valid import environment, following

ENVIRONMENT = environment(databases={"n8n": following(site=None)})
