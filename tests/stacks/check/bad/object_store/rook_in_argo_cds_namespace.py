"""object_store.namespace: 'argocd' is also the namespace of argo-cd, which operators installs; write another one [operators-do-not-share-namespaces]"""

from tests.valid import environment, object_store, operators

ENVIRONMENT = environment(operators=operators(), object_store=object_store(namespace="argocd"))
