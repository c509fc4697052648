"""object_store.certificate.name: the Certificate 'tier0-root-ca' in namespace 'rook-ceph' is also that of certificates; choose another name [object-names-are-unique]"""

from tests.valid import certificate, certificates, environment, object_store

ENVIRONMENT = environment(
    certificates=certificates(namespace="rook-ceph"),
    object_store=object_store(certificate=certificate(name="tier0-root-ca")),
)
