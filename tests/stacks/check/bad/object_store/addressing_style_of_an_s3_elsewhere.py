"""object_store.addressing_style: unknown field; S3Spec has region, endpoint, ca_secret, encrypts"""

from tests.valid import elsewhere, s3

ENVIRONMENT = elsewhere({"object_store": s3(addressing_style="path")})
