"""offsite.endpoint: 'https://2001:db8:5::9:9000' has an IPv6 address without brackets; write 'https://[<address>]' [address-is-https]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(endpoint="https://2001:db8:5::9:9000"))
