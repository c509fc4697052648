"""databases.n8n.namespace: 'n8n-prod' belongs to gitops.namespace; write a namespace for databases [T306]"""

from tests.valid import environment, gitops

ENVIRONMENT = environment(gitops=gitops(namespace="n8n-prod"))
