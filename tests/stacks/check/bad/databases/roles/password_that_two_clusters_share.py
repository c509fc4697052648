"""databases.shop.roles.reader.password_secret: the Secret 'reader' in namespace 'n8n-prod' is that of databases.n8n.roles.reader.password_secret; choose another name [secret-has-one-writer]"""

from components.postgres.roles import RoleSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(roles={"reader": RoleSpec(password_secret="reader")}),
        "shop": database(
            "shop", namespace="n8n-prod", roles={"reader": RoleSpec(password_secret="reader")}
        ),
    }
)
