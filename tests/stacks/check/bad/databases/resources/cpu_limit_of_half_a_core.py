"""databases.n8n.resources.cpu_limit: '0.5' is not an amount of CPU; write whole cores like '2', or millicores like '500m' [cpu-is-cores-or-millicores]"""

from tests.valid import database, environment, resources

ENVIRONMENT = environment(databases={"n8n": database(resources=resources(cpu_limit="0.5"))})
