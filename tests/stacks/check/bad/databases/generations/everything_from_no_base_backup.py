"""databases.n8n.generations.0.latest: everything comes back without it; write the backup to start from, or leave it out [restore-has-one-target]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(databases={"n8n": database(generations=[restore(latest=True)])})
