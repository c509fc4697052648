"""object_store.kms.token_secret: the Secret 'rook-ceph-admin-keyring' in namespace 'rook-ceph' is Rook's own; choose another name [secret-has-one-writer]"""

from tests.valid import backup, database, environment, kms, object_store

ENVIRONMENT = environment(
    object_store=object_store(kms=kms(token_secret="rook-ceph-admin-keyring")),
    databases={"n8n": database(backup=backup(encryption="AES256"))},
)
