"""storage.ip_family: 'ipv6' is not a choice; write 'IPv4' or 'IPv6', or leave it out"""

from tests.valid import environment, storage

ENVIRONMENT = environment(storage=storage(ip_family="ipv6"))
