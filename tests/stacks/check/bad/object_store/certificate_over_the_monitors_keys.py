"""object_store.certificate.secret: the Secret 'rook-ceph-mon' in namespace 'rook-ceph' is Rook's own; choose another name [secret-has-one-writer]"""

from tests.valid import certificate, environment, object_store

ENVIRONMENT = environment(
    object_store=object_store(certificate=certificate(secret="rook-ceph-mon"))
)
