"""object_store.certificate.hosts.0: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' has 64 characters; write at most 63 between two dots [host-name-is-dns-name]"""

from tests.valid import certificate, environment, object_store

ENVIRONMENT = environment(
    object_store=object_store(certificate=certificate(hosts=["a" * 64 + ".example.org"]))
)
