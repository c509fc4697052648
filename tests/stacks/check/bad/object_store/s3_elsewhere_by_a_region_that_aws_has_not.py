"""object_store.region: 'auto' is not a region of AWS; write the store's address in endpoint, or a region like 'eu-central-1' [address-follows-from-region-of-aws]"""

from tests.valid import LEFT_OUT, elsewhere, s3

ENVIRONMENT = elsewhere({"object_store": s3(region="auto", endpoint=LEFT_OUT)})
