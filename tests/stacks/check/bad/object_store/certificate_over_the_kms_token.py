"""object_store.certificate.secret: 'bao-token' is also object_store.kms.token_secret, and cert-manager would overwrite it with the gateways' certificate; choose another name [secret-has-one-writer]"""

from tests.valid import backup, certificate, database, environment, kms, object_store

ENVIRONMENT = environment(
    object_store=object_store(certificate=certificate(secret="bao-token"), kms=kms()),
    databases={"n8n": database(backup=backup(encryption="AES256"))},
)
