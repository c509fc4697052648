"""databases.n8n.generations.0: it follows another site, and is not active; write 2 in active [follower-has-another-site]"""

from tests.valid import environment, following

ENVIRONMENT = environment(databases={"n8n": following(active=1, removed=[])})
