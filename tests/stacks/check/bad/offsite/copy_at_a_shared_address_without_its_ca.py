"""offsite.ca_secret: no public CA signs a certificate for 'https://100.64.0.7:9000'; write the Secret with the CA that did [private-endpoint-has-ca]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(endpoint="https://100.64.0.7:9000"))
