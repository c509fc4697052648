"""object_store.encrypts: Hetzner has no SSE-S3 and refuses every upload with AES256; leave it out [store-has-what-is-asked]"""

from tests.valid import elsewhere, s3

ENVIRONMENT = elsewhere(
    {"object_store": s3(endpoint="https://fsn1.your-objectstorage.com", encrypts=True)}
)
