"""offsite.ca_secret: 'ca.crt' is not a Kubernetes name; write lower-case letters, digits and '-', first and last a letter or digit [name-is-dns-label]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(ca_secret="ca.crt"))
