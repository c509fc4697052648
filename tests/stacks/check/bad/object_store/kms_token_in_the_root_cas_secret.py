"""object_store.kms.token_secret: the Secret 'tier0-root-ca' in namespace 'rook-ceph' is the private CA's key; choose another name [secret-has-one-writer]"""

from tests.valid import backup, certificates, database, environment, kms, object_store

ENVIRONMENT = environment(
    certificates=certificates(namespace="rook-ceph"),
    object_store=object_store(kms=kms(token_secret="tier0-root-ca")),
    databases={"n8n": database(backup=backup(encryption="AES256"))},
)
