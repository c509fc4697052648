"""databases.n8n.certificates.server_tls_secret: the Secret 'login' in namespace 'n8n-prod' is that of databases.n8n.owner_secret; choose another name [secret-has-one-writer]"""

from tests.valid import database, environment, own_certificates

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            certificates=own_certificates(server_tls_secret="login"), owner_secret="login"
        )
    }
)
