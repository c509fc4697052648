"""object_store.certificate.hosts.0: '*.s3.example.org' is not a host name; write one like 's3.example.org', without scheme, port or wildcard [host-name-is-dns-name]"""

from tests.valid import certificate, environment, object_store

ENVIRONMENT = environment(
    object_store=object_store(certificate=certificate(hosts=["*.s3.example.org"]))
)
