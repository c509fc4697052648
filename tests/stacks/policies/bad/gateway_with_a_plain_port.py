"""CephObjectStore rook-ceph/store, spec.gateway.port: port 80 serves every row without TLS; write securePort with sslCertificateRef, and leave port out [gateway-serves-https-only]"""

from tests.stacks.policies.programs import changed

OBJECTS = changed("rgw", "gateway.port", 80.0)
