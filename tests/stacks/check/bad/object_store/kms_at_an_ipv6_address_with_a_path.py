"""object_store.kms.address: 'https://[fd00::5]:8200/v1' is not an HTTPS address; write 'https://<host>' or 'https://<host>:<port>' [address-is-https]"""

from tests.valid import environment, kms, object_store

ENVIRONMENT = environment(
    object_store=object_store(kms=kms(address="https://[fd00::5]:8200/v1", ca_secret="bao-ca"))
)
