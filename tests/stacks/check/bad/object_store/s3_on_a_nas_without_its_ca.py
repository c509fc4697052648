"""object_store.ca_secret: no public CA signs a certificate for 'https://nas.lan:9000'; write the Secret with the CA that did [private-endpoint-has-ca]"""

from tests.valid import elsewhere, s3

ENVIRONMENT = elsewhere({"object_store": s3(endpoint="https://nas.lan:9000")})
