"""databases.n8n.placement.tolerations.0: {'key': 'databases', 'operator': 'Exists'} is a dict; write text in quotes"""

from tests.valid import database, environment, placement

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            placement=placement(tolerations=[{"key": "databases", "operator": "Exists"}])
        )
    }
)
