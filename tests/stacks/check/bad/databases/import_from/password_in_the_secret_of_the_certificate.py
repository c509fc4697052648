"""databases.n8n.import_from.password_secret: the Secret 'n8n-tls' in namespace 'n8n-prod' is that of databases.n8n.certificates.server_tls_secret; choose another name [secret-has-one-writer]"""

from tests.valid import database, environment, importing, own_certificates

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            certificates=own_certificates(server_tls_secret="n8n-tls"),
            import_from=importing(password_secret="n8n-tls"),
        )
    }
)
