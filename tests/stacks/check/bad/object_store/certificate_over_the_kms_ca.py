"""object_store.certificate.secret: 'bao' is also object_store.kms.ca_secret, and cert-manager would overwrite it with the gateways' certificate; choose another name [secret-has-one-writer]"""

from tests.valid import backup, certificate, database, environment, kms, object_store

ENVIRONMENT = environment(
    object_store=object_store(certificate=certificate(secret="bao"), kms=kms(ca_secret="bao")),
    databases={"n8n": database(backup=backup(encryption="AES256"))},
)
