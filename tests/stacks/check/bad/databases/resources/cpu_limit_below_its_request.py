"""databases.n8n.resources.cpu_limit: '500m' is below the request; write at least '2' [limits-are-not-below-requests]"""

from tests.valid import database, environment, resources

ENVIRONMENT = environment(databases={"n8n": database(resources=resources(cpu_limit="500m"))})
