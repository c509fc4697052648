"""databases.n8n.inherited_metadata.annotations.tier0/holds-data: 'tier0/holds-data' belongs to tier0; write another key [inherited-key-is-free]"""

from tests.valid import database, environment, inherited

ENVIRONMENT = environment(
    databases={
        "n8n": database(inherited_metadata=inherited(annotations={"tier0/holds-data": "true"}))
    }
)
