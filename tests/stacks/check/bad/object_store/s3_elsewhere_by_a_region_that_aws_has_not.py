"""object_store.region: 'auto' is not a region of AWS; write 'us-east-1' or another one, or the store's address in endpoint [address-follows-from-region-of-aws]"""

from tests.valid import LEFT_OUT, elsewhere, s3

ENVIRONMENT = elsewhere({"object_store": s3(region="auto", endpoint=LEFT_OUT)})
