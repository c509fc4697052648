"""object_store.namespace: 'Rook_Ceph' is not a Kubernetes name; write lower-case letters, digits and '-', first and last a letter or digit [name-is-dns-label]"""

from tests.valid import environment, object_store

ENVIRONMENT = environment(object_store=object_store(namespace="Rook_Ceph"))
