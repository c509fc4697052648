"""databases.n8n.roles.two.password_secret: the Secret 'shop-postgres-heartbeat-client-cert' in namespace 'n8n-prod' is the certificate that drills of databases.shop log in by; choose another name [secret-has-one-writer]"""

from tests.valid import database, environment, role

ENVIRONMENT = environment(
    databases={
        "n8n": database(roles={"two": role(password_secret="shop-postgres-heartbeat-client-cert")}),
        "shop": database("shop", namespace="n8n-prod"),
    }
)
