"""databases.n8n.namespace: 'kube-system' belongs to Kubernetes itself; write a namespace for databases [databases-are-apart-from-operators]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(namespace="kube-system")})
