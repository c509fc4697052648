"""databases.n8n.certificates.server_tls_secret: the Secret 'shop-postgres-server' in namespace 'n8n-prod' is CloudNativePG's own, for databases.shop; choose another name [secret-has-one-writer]"""

from tests.valid import database, environment, own_certificates

ENVIRONMENT = environment(
    databases={
        "n8n": database(certificates=own_certificates(server_tls_secret="shop-postgres-server")),
        "shop": database("shop", namespace="n8n-prod"),
    }
)
