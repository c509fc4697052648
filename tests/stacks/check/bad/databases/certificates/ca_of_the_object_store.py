"""databases.n8n.certificates.client_ca_secret: the Secret 'tier0-ca' in namespace 'n8n-prod' is the private CA's; choose another name [secret-has-one-writer]"""

from tests.valid import database, environment, own_certificates

ENVIRONMENT = environment(
    databases={"n8n": database(certificates=own_certificates(client_ca_secret="tier0-ca"))}
)
