"""object_store.certificate.secret: 'bao' is object_store.kms.ca_secret too, and cert-manager would write the gateways' certificate over it; write another name [secret-has-one-writer]"""

from tests.valid import backup, certificate, database, environment, kms, object_store

ENVIRONMENT = environment(
    object_store=object_store(certificate=certificate(secret="bao"), kms=kms(ca_secret="bao")),
    databases={"n8n": database(backup=backup(encryption="AES256"))},
)
