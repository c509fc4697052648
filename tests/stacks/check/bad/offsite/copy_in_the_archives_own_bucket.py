"""offsite.bucket: 'archives' at https://s3.example.org is the bucket of databases.n8n's archive, and is lost with it; write a bucket elsewhere, or leave offsite out [offsite-is-not-the-archives-bucket]"""

from tests.valid import elsewhere, offsite

ENVIRONMENT = elsewhere({"offsite": offsite(bucket="archives")})
