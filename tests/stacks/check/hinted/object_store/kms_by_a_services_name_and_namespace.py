"""object_store.kms.address: 'https://openbao.openbao:8200' is lost with this cluster, and with it what it encrypted; keep its snapshots, its unseal keys and an admin token elsewhere [kms-outlives-cluster]"""

from tests.valid import backup, database, environment, kms, object_store

ENVIRONMENT = environment(
    object_store=object_store(kms=kms(address="https://openbao.openbao:8200")),
    databases={"n8n": database(backup=backup(encryption="AES256"))},
)
