"""object_store.endpoint: 'https://minio.minio.svc' is a Service of this cluster, and NetworkPolicies let databases reach pods at port 443 only; the port of its pods must be that of the Service [service-in-the-cluster-has-the-port-of-its-pods]"""

from tests.valid import elsewhere, s3

ENVIRONMENT = elsewhere(
    {"object_store": s3(endpoint="https://minio.minio.svc", ca_secret="minio-ca")}
)
