"""kept.kms_unseal_keys.place: 'https://bao.example.org:8200/v1/keys' is the KMS itself; keep it elsewhere [kept-outlives-cluster]"""

from tests.valid import backup, database, environment, kept, kept_at, kms, object_store

ENVIRONMENT = environment(
    object_store=object_store(kms=kms()),
    databases={"n8n": database(backup=backup(encryption="AES256"))},
    kept=kept(kms_unseal_keys=kept_at(place="https://bao.example.org:8200/v1/keys")),
)
