"""object_store.kms.token_secret: nothing that tier0 declares renews the token in 'bao-token', and when it ends nothing is archived; make it periodic, and have it renewed (docs/runbooks/kms-token.md) [kms-token-is-renewed]"""

from tests.valid import backup, database, environment, kms, object_store

ENVIRONMENT = environment(
    object_store=object_store(kms=kms(ca_secret="bao-ca")),
    databases={"n8n": database(backup=backup(encryption="AES256"))},
)
