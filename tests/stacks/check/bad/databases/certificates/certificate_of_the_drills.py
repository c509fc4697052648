"""databases.n8n.certificates.server_tls_secret: the Secret 'n8n-postgres-heartbeat-client-cert' in namespace 'n8n-prod' is the certificate that drills of databases.n8n log in by; choose another name [secret-has-one-writer]"""

from tests.valid import database, environment, own_certificates

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            certificates=own_certificates(server_tls_secret="n8n-postgres-heartbeat-client-cert")
        )
    }
)
