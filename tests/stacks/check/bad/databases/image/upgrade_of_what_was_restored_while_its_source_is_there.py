"""databases.n8n.image: generation 1 is of PostgreSQL 16, and by the image it would be upgraded to 17 with generation 2; write 1 in removed, and 3 in active [restore-keeps-major-version]"""

from tests.valid import database, environment, restore, upgrade

ENVIRONMENT = environment(
    databases={"n8n": database(generations=[restore(), upgrade(source=2)], active=3, retired=[1])}
)
