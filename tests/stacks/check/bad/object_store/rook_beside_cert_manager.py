"""object_store.namespace: 'rook-ceph' is the namespace of cert-manager, which operators installs too; write one of its own [T329]"""

from tests.valid import certificates, environment, operators

ENVIRONMENT = environment(operators=operators(), certificates=certificates(namespace="rook-ceph"))
