"""object_store.certificate.secret: 'tier0-root-ca' is the private CA's key too, and cert-manager would write the gateways' certificate over it; write another name [secret-has-one-writer]"""

from tests.valid import certificate, certificates, environment, object_store

ENVIRONMENT = environment(
    certificates=certificates(namespace="rook-ceph"),
    object_store=object_store(certificate=certificate(secret="tier0-root-ca")),
)
