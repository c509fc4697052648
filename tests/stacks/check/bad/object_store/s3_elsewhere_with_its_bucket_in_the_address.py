"""object_store.endpoint: 'https://s3.example.org/archives' is not an HTTPS address; write 'https://<host>' or 'https://<host>:<port>' [address-is-https]"""

from tests.valid import elsewhere, s3

ENVIRONMENT = elsewhere({"object_store": s3(endpoint="https://s3.example.org/archives")})
