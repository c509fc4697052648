"""object_store.certificate: 's3-tls' is not a CertificateSpec; write CertificateSpec(...)"""

from tests.valid import environment, object_store

ENVIRONMENT = environment(object_store=object_store(certificate="s3-tls"))
