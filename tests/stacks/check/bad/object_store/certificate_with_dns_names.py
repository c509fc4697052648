"""object_store.certificate.dns_names: unknown field; CertificateSpec has name, secret, duration, hosts"""

from tests.valid import certificate, environment, object_store

ENVIRONMENT = environment(
    object_store=object_store(certificate=certificate(dns_names=["s3.example.org"]))
)
