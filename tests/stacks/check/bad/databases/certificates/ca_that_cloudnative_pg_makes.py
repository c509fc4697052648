"""databases.n8n.certificates.server_ca_secret: CloudNativePG makes 'n8n-postgres-ca' itself, and once a field names it renews it no more; choose another name, or leave it out [certificate-has-who-renews-it]"""

from tests.valid import database, environment, own_certificates

ENVIRONMENT = environment(
    databases={"n8n": database(certificates=own_certificates(server_ca_secret="n8n-postgres-ca"))}
)
