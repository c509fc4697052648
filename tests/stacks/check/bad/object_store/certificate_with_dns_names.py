"""object_store.certificate.dns_names: unknown field; did you mean 'name'?"""

from tests.valid import certificate, environment, object_store

ENVIRONMENT = environment(
    object_store=object_store(certificate=certificate(dns_names=["s3.example.org"]))
)
