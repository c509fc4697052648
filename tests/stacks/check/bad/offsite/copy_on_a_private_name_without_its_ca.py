"""offsite.ca_secret: no public CA signs a certificate for 'https://nas.private'; write the Secret with the CA that did [private-endpoint-has-ca]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(endpoint="https://nas.private"))
