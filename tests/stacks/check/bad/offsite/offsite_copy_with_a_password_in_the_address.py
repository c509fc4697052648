"""offsite.endpoint: the address holds a user or a password; write it without them [address-is-https]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(endpoint="https://admin:geheim@s3.example.org"))
