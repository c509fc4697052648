"""databases.n8n.parameters.old_snapshot_threshold: was removed after PostgreSQL 16 and the image has 17; leave it out [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"old_snapshot_threshold": "1h"})})
