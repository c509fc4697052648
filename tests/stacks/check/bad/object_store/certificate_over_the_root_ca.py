"""object_store.certificate.secret: 'tier0-root-ca' is also the private CA's key, and cert-manager would overwrite it with the gateways' certificate; choose another name [secret-has-one-writer]"""

from tests.valid import certificate, certificates, environment, object_store

ENVIRONMENT = environment(
    certificates=certificates(namespace="rook-ceph"),
    object_store=object_store(certificate=certificate(secret="tier0-root-ca")),
)
