"""databases.n8n.certificates.client_ca_secret: the Secret 'n8n-postgres-app' in namespace 'n8n-prod' is CloudNativePG's own, for databases.n8n; choose another name [secret-has-one-writer]"""

from tests.valid import database, environment, own_certificates

ENVIRONMENT = environment(
    databases={"n8n": database(certificates=own_certificates(client_ca_secret="n8n-postgres-app"))}
)
