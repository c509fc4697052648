"""databases.n8n.namespace: 'n8n-prod' belongs to gitops.namespace; write a namespace for databases [databases-are-apart-from-operators]"""

from tests.valid import environment, gitops

ENVIRONMENT = environment(gitops=gitops(namespace="n8n-prod"))
