"""databases.n8n.namespace: 'argocd' belongs to Argo CD; write a namespace for databases [T306]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(namespace="argocd")})
