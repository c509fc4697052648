"""databases.n8n.certificates.replication_tls_secret: unknown field; DatabaseCertificatesSpec has hosts, server_tls_secret, server_ca_secret, client_ca_secret"""

from tests.valid import database, environment, own_certificates

ENVIRONMENT = environment(
    databases={
        "n8n": database(certificates=own_certificates(replication_tls_secret="n8n-replicas"))
    }
)
