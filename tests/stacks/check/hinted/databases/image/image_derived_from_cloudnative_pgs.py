"""databases.n8n.image: nothing says that 'ghcr.io/tensorchord/cloudnative-vectorchord:17.6-0.5.3' contains Barman, without which nothing is archived; CloudNativePG's system images do, and method 'plugin' needs none [in-tree-image-is-known]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/tensorchord/cloudnative-vectorchord:17.6-0.5.3",
            backup=backup(method="in-tree"),
        )
    }
)
