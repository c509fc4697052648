"""databases.n8n: method 'in-tree' needs Barman inside the image, and 'ghcr.io/cloudnative-pg/postgresql:18-minimal-trixie' has none; write a '-system-' image or method 'plugin' [in-tree-image-has-barman]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:18-minimal-trixie",
            backup=backup(method="in-tree"),
        )
    }
)
