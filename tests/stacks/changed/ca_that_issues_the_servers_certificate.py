"""Cluster n8n-prod/n8n-postgres: spec.certificates.serverCASecret: 'n8n-postgres-ca' becomes 'company-ca': clients that know the old CA alone refuse the server, so give them both first; delete the Secret 'n8n-postgres-server' right after, which the old one issued; at last change an annotation of its Poolers, which get to know the new one then [another-ca-is-known-to-all]"""

from tests.valid import database, environment, own_certificates

BEFORE = environment(databases={"n8n": database()})
AFTER = environment(
    databases={"n8n": database(certificates=own_certificates(server_ca_secret="company-ca"))}
)
