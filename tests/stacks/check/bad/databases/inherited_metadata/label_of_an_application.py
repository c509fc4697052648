"""databases.n8n.inherited_metadata.labels.app.kubernetes.io/name: 'app.kubernetes.io/name' belongs to CloudNativePG; write another key [inherited-key-is-free]"""

from tests.valid import database, environment, inherited

ENVIRONMENT = environment(
    databases={
        "n8n": database(inherited_metadata=inherited(labels={"app.kubernetes.io/name": "n8n"}))
    }
)
