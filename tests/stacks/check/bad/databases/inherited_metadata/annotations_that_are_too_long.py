"""databases.n8n.inherited_metadata.annotations: 131081 bytes of annotations are too many; write at most 131072 [annotations-leave-room]"""

from tests.valid import database, environment, inherited

ENVIRONMENT = environment(
    databases={
        "n8n": database(inherited_metadata=inherited(annotations={"example/a": "x" * 131072}))
    }
)
