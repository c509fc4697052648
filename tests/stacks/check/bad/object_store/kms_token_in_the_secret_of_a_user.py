"""object_store.kms.token_secret: the Secret 'rook-ceph-object-user-store-drills' in namespace 'rook-ceph' is Rook's own; choose another name [secret-has-one-writer]"""

from tests.valid import backup, database, environment, kms, object_store

ENVIRONMENT = environment(
    object_store=object_store(kms=kms(token_secret="rook-ceph-object-user-store-drills")),
    databases={"n8n": database(backup=backup(encryption="AES256"))},
)
