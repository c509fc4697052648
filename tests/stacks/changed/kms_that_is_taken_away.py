"""CephObjectStore rook-ceph/s3: spec.security.s3.connectionDetails.VAULT_ADDR: what was encrypted with keys of https://bao.example.org:8200 cannot be read without it; keep it for as long as an encrypted archive is needed [kms-keeps-the-keys]"""

from tests.valid import backup, database, environment, kms, object_store

BEFORE = environment(
    object_store=object_store(kms=kms()),
    databases={"n8n": database(backup=backup(encryption="AES256"))},
)
AFTER = environment()
