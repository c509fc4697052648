"""offsite.bucket: 'archives' at https://s3-eu-west-1.amazonaws.com is the bucket of databases.n8n's archive, and is lost with it; write a bucket elsewhere, or leave offsite out [offsite-is-not-the-archives-bucket]"""

from tests.valid import elsewhere, offsite, s3

ENVIRONMENT = elsewhere(
    {
        "object_store": s3(endpoint=None),
        "offsite": offsite(bucket="archives", endpoint="https://s3-eu-west-1.amazonaws.com"),
    }
)
