"""object_store.namespace: 'rook-ceph' is also the namespace of cert-manager, which operators installs; write another one [operators-do-not-share-namespaces]"""

from tests.valid import certificates, environment, operators

ENVIRONMENT = environment(operators=operators(), certificates=certificates(namespace="rook-ceph"))
