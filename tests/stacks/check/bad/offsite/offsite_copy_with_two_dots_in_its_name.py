"""offsite.endpoint: 'https://s3..example.org' is not an HTTPS address; write 'https://<host>' or 'https://<host>:<port>' [address-is-https]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(endpoint="https://s3..example.org"))
