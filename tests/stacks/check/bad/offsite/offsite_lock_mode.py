"""offsite.mode: unknown field; OffsiteSpec has endpoint, bucket, region, secret, access_key, secret_key, ca_secret, rpo, lock, unencrypted_because, image"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(mode="GOVERNANCE"))
