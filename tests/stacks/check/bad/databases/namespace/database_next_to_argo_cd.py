"""databases.n8n.namespace: 'argocd' belongs to Argo CD; write a namespace for databases [databases-are-apart-from-operators]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(namespace="argocd")})
