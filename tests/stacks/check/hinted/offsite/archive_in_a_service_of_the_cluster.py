"""offsite: no archive is copied off-site, and 'https://minio.minio.svc:9000' is in this cluster, so its loss is the loss of everything; declare a store elsewhere (docs/offsite.md) [archives-are-copied-offsite]"""

from tests.valid import elsewhere, s3

ENVIRONMENT = elsewhere(
    {"object_store": s3(endpoint="https://minio.minio.svc:9000", ca_secret="minio-ca")}
)
