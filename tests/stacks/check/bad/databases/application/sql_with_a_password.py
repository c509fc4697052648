"""databases.n8n.application.post_init_sql.0: holds a password, which everybody reads who may read the Cluster; declare the role with its password_secret [statement-holds-no-password]"""

from tests.valid import application, database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            application=application(post_init_sql=["create role shop login password 'x'"])
        )
    }
)
