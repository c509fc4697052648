"""databases.n8n.generations.0.image: generation 1 is of PostgreSQL 17, and this one would start with 16; write an image of 17 in it [restore-keeps-major-version]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            generations=[restore(image="ghcr.io/cloudnative-pg/postgresql:16.9-system-trixie")]
        )
    }
)
