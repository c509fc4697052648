"""databases.n8n.image: nothing says that 'registry.example.org/cloudnative-pg/postgresql:17.6' contains Barman, without which nothing is archived; CloudNativePG's system images do, and method 'plugin' needs none [in-tree-image-is-known]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="registry.example.org/cloudnative-pg/postgresql:17.6",
            backup=backup(method="in-tree"),
        )
    }
)
