"""CephObjectStore rook-ceph/s3: spec.security.s3.connectionDetails.VAULT_ADDR: what was encrypted with keys of https://bao.example.org:8200 cannot be read unless https://vault.example.org has the same keys; move them first [kms-keeps-the-keys]"""

from tests.valid import backup, database, environment, kms, object_store

BEFORE = environment(
    object_store=object_store(kms=kms()),
    databases={"n8n": database(backup=backup(encryption="AES256"))},
)
AFTER = environment(
    object_store=object_store(kms=kms(address="https://vault.example.org")),
    databases={"n8n": database(backup=backup(encryption="AES256"))},
)
