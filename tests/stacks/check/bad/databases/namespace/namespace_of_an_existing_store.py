"""databases.n8n.namespace: 'shared' belongs to object_store.namespace; write a namespace for databases [databases-are-apart-from-operators]"""

from tests.valid import database, environment, existing_store

ENVIRONMENT = environment(
    object_store=existing_store(namespace="shared"),
    databases={"n8n": database(namespace="shared")},
)
