"""offsite.endpoint: 'https://[::]:9000' is a service of this cluster and is lost with it; write the address of a store elsewhere [offsite-is-outside-cluster]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(endpoint="https://[::]:9000", ca_secret="ca"))
