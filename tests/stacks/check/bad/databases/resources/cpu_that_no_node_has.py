"""databases.n8n.resources.cpu: '10000000000m' is more than a node has; write whole cores like '2' [cpu-is-cores-or-millicores]"""

from tests.valid import database, environment, resources

ENVIRONMENT = environment(databases={"n8n": database(resources=resources(cpu="10000000000m"))})
