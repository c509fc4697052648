"""object_store: a new cluster has no Service at 'https://minio.minio.svc:9000', and nothing is archived without it; an ObjectStoreSpec with a StorageSpec creates a store [new-cluster-has-what-exists]"""

from tests.valid import elsewhere, s3, talos

ENVIRONMENT = elsewhere(
    {
        "bootstrap": talos(),
        "object_store": s3(endpoint="https://minio.minio.svc:9000", ca_secret="minio-ca"),
    }
)
