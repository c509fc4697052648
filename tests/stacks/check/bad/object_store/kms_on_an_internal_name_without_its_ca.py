"""object_store.kms.ca_secret: no public CA signs a certificate for 'https://bao.lan:8200'; write the Secret with the CA that did [private-endpoint-has-ca]"""

from tests.valid import backup, database, environment, kms, object_store

ENVIRONMENT = environment(
    object_store=object_store(kms=kms(address="https://bao.lan:8200")),
    databases={"n8n": database(backup=backup(encryption="AES256"))},
)
