"""databases.n8n.extension_images: ['ghcr.io/cloudnative-pg/pgvector:0.8.1-18-trixie'] is a list; write a dict {name: ...}"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:18.4-minimal-trixie",
            extension_images=["ghcr.io/cloudnative-pg/pgvector:0.8.1-18-trixie"],
        )
    }
)
