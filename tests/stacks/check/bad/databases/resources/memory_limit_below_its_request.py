"""databases.n8n.resources.memory_limit: '4Gi' is below the request; write at least '8Gi' [limits-are-not-below-requests]"""

from tests.valid import database, environment, resources

ENVIRONMENT = environment(databases={"n8n": database(resources=resources(memory_limit="4Gi"))})
