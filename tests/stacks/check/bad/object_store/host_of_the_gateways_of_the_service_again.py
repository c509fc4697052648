"""object_store.certificate.hosts: 'rook-ceph-rgw-s3.rook-ceph.svc' is in the certificate already; leave it out [host-names-are-listed-once]"""

from tests.valid import certificate, environment, object_store

ENVIRONMENT = environment(
    object_store=object_store(certificate=certificate(hosts=["rook-ceph-rgw-s3.rook-ceph.svc"]))
)
