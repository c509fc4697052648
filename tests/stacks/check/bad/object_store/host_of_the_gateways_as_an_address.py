"""object_store.certificate.hosts.0: '203.0.113.7' is an address; write a host name that resolves to it [host-name-is-dns-name]"""

from tests.valid import certificate, environment, object_store

ENVIRONMENT = environment(object_store=object_store(certificate=certificate(hosts=["203.0.113.7"])))
