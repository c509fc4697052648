"""offsite.endpoint: 'https://s3.site-a.example.org:9443' is a name of this cluster's own object store (object_store.certificate.hosts) and is lost with it; write the address of a store elsewhere [offsite-is-outside-cluster]"""

from tests.valid import certificate, environment, object_store, offsite

ENVIRONMENT = environment(
    object_store=object_store(certificate=certificate(hosts=["s3.site-a.example.org"])),
    offsite=offsite(endpoint="https://s3.site-a.example.org:9443", ca_secret="ca"),
)
