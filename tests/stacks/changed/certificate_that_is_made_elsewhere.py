"""Cluster n8n-prod/n8n-postgres: spec.certificates.serverCASecret: 'n8n-postgres-ca' becomes 'n8n-tls': clients that know the old CA alone refuse the server, so give them both first; at last change an annotation of its Poolers, which get to know the new one then [another-ca-is-known-to-all]
Cluster n8n-prod/n8n-postgres: spec.certificates.serverTLSSecret: clients that verify the name refuse a certificate in 'n8n-tls' that lacks one of the database's (n8n-postgres.n8n-prod.svc, n8n-postgres.n8n-prod.svc.cluster.local); have them in it first [certificate-of-a-secret-must-have-the-names]"""

from tests.valid import database, environment, own_certificates

BEFORE = environment(databases={"n8n": database()})
AFTER = environment(
    databases={"n8n": database(certificates=own_certificates(server_tls_secret="n8n-tls"))}
)
