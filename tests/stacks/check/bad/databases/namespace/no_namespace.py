"""databases.n8n.namespace: is missing; write it: Namespace, which tier0 creates"""

from tests.valid import LEFT_OUT, database, environment

ENVIRONMENT = environment(databases={"n8n": database(namespace=LEFT_OUT)})
