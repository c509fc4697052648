"""databases.n8n.generations.1.image: generation 1 is of PostgreSQL 16, and this one would start with 17; write an image of 16 in it [restore-keeps-major-version]"""

from tests.valid import database, environment, restore, upgrade

ENVIRONMENT = environment(databases={"n8n": database(generations=[upgrade(), restore()])})
