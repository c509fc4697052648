"""object_store.namespace: 'rook-ceph' is the namespace of cert-manager, which operators installs too; write one of its own [operators-do-not-share-namespaces]"""

from tests.valid import certificates, environment, operators

ENVIRONMENT = environment(operators=operators(), certificates=certificates(namespace="rook-ceph"))
