"""databases.n8n.roles.two.password_secret: the Secret 'shop-postgres-pooler' in namespace 'n8n-prod' is CloudNativePG's own, for databases.shop; choose another name [secret-has-one-writer]"""

from components.postgres.roles import RoleSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(roles={"two": RoleSpec(password_secret="shop-postgres-pooler")}),
        "shop": database("shop", namespace="n8n-prod"),
    }
)
