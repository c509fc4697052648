"""databases.n8n.inherited_metadata.labels.argocd.argoproj.io/instance: 'argocd.argoproj.io/instance' belongs to Argo CD, which would delete pods and volumes that no tree has; write another key [inherited-key-is-free]"""

from tests.valid import database, environment, inherited

ENVIRONMENT = environment(
    databases={
        "n8n": database(inherited_metadata=inherited(labels={"argocd.argoproj.io/instance": "n8n"}))
    }
)
