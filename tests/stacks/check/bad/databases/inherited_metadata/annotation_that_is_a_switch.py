"""databases.n8n.inherited_metadata.annotations.sidecar.istio.io/inject: False is a bool; write text in quotes"""

from tests.valid import database, environment, inherited

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            inherited_metadata=inherited(annotations={"sidecar.istio.io/inject": False})
        )
    }
)
