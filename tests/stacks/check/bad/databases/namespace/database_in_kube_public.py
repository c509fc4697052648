"""databases.n8n.namespace: 'kube-public' belongs to Kubernetes itself; write a namespace for databases [T306]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(namespace="kube-public")})
