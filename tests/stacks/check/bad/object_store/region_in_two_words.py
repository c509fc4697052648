"""object_store.region: 'eu central 1' is not a region; write the store's own, like 'eu-central-1', or 'us-east-1' where it takes any [region-is-a-word]"""

from tests.valid import elsewhere, s3

ENVIRONMENT = elsewhere({"object_store": s3(region="eu central 1")})
