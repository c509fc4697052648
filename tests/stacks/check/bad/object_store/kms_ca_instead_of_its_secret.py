"""object_store.kms.ca_secret: '-----BEGIN CERTIFICATE-----' is not a Kubernetes name; write lower-case letters, digits and '-', first and last a letter or digit [name-is-dns-label]"""

from tests.valid import environment, kms, object_store

ENVIRONMENT = environment(
    object_store=object_store(kms=kms(ca_secret="-----BEGIN CERTIFICATE-----"))
)
