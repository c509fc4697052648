"""offsite.endpoint: 'https://[2001:db8:5:9]:9000' is not an HTTPS address; write 'https://<host>' or 'https://<host>:<port>' [address-is-https]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(endpoint="https://[2001:db8:5:9]:9000"))
