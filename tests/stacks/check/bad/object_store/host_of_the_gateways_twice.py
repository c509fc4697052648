"""object_store.certificate.hosts: 's3.example.org' is in the certificate already; leave it out [host-names-are-listed-once]"""

from tests.valid import certificate, environment, object_store

ENVIRONMENT = environment(
    object_store=object_store(certificate=certificate(hosts=["s3.example.org", "s3.example.org"]))
)
