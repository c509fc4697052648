"""object_store.endpoint: 'http://minio.example.org:9000' is not an HTTPS address; write 'https://<host>' or 'https://<host>:<port>' [address-is-https]"""

from tests.valid import elsewhere, s3

ENVIRONMENT = elsewhere({"object_store": s3(endpoint="http://minio.example.org:9000")})
