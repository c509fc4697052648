"""databases.n8n.resources.memory_limit: '16G' is not a size; write a whole number and Mi, Gi or Ti, like '16Gi' [size-has-binary-unit]"""

from tests.valid import database, environment, resources

ENVIRONMENT = environment(databases={"n8n": database(resources=resources(memory_limit="16G"))})
