"""gitops.namespace: 'gitops' is not where operators installs Argo CD; write 'argocd' or leave it out [application-is-in-argo-cd-namespace]"""

from tests.valid import environment, gitops, operators

ENVIRONMENT = environment(operators=operators(), gitops=gitops(namespace="gitops"))
