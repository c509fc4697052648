"""object_store.kms.address: 'https://bao.example.org:82000' is not an HTTPS address; write 'https://<host>' or 'https://<host>:<port>' [address-is-https]"""

from tests.valid import environment, kms, object_store

ENVIRONMENT = environment(
    object_store=object_store(kms=kms(address="https://bao.example.org:82000"))
)
