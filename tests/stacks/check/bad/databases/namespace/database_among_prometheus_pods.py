"""databases.n8n.namespace: 'monitoring' belongs to network.monitoring_namespace; write a namespace for databases [databases-are-apart-from-operators]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(namespace="monitoring")})
