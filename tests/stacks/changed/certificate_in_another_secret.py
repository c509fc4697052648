"""Cluster n8n-prod/n8n-postgres: spec.certificates.serverTLSSecret: clients that verify the name refuse a certificate in 'new' that lacks one of the database's; have them in it first [certificate-of-a-secret-must-have-the-names]"""

from tests.valid import database, environment, own_certificates

BEFORE = environment(
    databases={
        "n8n": database(
            certificates=own_certificates(server_tls_secret="old", server_ca_secret="ca")
        )
    }
)
AFTER = environment(
    databases={
        "n8n": database(
            certificates=own_certificates(server_tls_secret="new", server_ca_secret="ca")
        )
    }
)
