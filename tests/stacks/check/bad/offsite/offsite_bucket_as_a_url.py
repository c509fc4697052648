"""offsite.bucket: 's3://copies' is not a bucket name; write 3 to 63 lower-case letters, digits and '-' [bucket-name-is-valid]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(bucket="s3://copies"))
