"""databases.n8n.resources.memory: '8388608Ti' is more than Kubernetes counts; write at most '8191Pi' [size-has-binary-unit]"""

from tests.valid import database, environment, resources

ENVIRONMENT = environment(databases={"n8n": database(resources=resources(memory="8388608Ti"))})
