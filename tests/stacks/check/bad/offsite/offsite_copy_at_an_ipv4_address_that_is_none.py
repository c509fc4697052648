"""offsite.endpoint: 'https://10.0.0.300:9000' is not an HTTPS address; write 'https://<host>' or 'https://<host>:<port>' [address-is-https]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(endpoint="https://10.0.0.300:9000"))
