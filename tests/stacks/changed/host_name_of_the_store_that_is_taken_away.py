"""Certificate rook-ceph/s3-tls: spec.dnsNames: clients that reach the server as s3.site-a.example.org refuse its next certificate; have them use rook-ceph-rgw-s3.rook-ceph.svc first [clients-know-the-certificates-names]"""

from tests.valid import certificate, environment, object_store

BEFORE = environment(
    object_store=object_store(certificate=certificate(hosts=["s3.site-a.example.org"]))
)
AFTER = environment()
