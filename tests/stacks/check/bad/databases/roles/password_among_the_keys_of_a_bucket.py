"""databases.n8n.roles.two.password_secret: the Secret 'archive-keys' in namespace 'n8n-prod' is that of databases.shop.backup.bucket.secret; choose another name [secret-has-one-writer]"""

from components.postgres.roles import RoleSpec
from tests.valid import backup, database, environment, existing_bucket

ENVIRONMENT = environment(
    databases={
        "n8n": database(roles={"two": RoleSpec(password_secret="archive-keys")}),
        "shop": database("shop", namespace="n8n-prod", backup=backup(bucket=existing_bucket())),
    }
)
