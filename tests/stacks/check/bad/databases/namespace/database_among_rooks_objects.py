"""databases.n8n.namespace: 'rook-ceph' belongs to object_store.namespace; write a namespace for databases [databases-are-apart-from-operators]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(namespace="rook-ceph")})
