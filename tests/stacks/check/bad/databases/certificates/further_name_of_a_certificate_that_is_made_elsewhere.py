"""databases.n8n.certificates.hosts: CloudNativePG does not issue the certificate in 'n8n-tls'; have it issued with them, and leave them out [certificate-of-a-secret-has-its-names]"""

from tests.valid import database, environment, own_certificates

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            certificates=own_certificates(server_tls_secret="n8n-tls", hosts=["n8n.example.org"])
        )
    }
)
