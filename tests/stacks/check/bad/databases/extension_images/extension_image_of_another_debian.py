"""databases.n8n.extension_images.pgvector.image: 'ghcr.io/cloudnative-pg/pgvector:0.8.1-18-bookworm' is for bookworm, and 'ghcr.io/cloudnative-pg/postgresql:18.4-minimal-trixie' is on trixie; use the tag that ends with '-18-trixie' [extension-image-fits-postgresql]"""

from tests.valid import database, environment, extension_image

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:18.4-minimal-trixie",
            extension_images={
                "pgvector": extension_image(
                    image="ghcr.io/cloudnative-pg/pgvector:0.8.1-18-bookworm"
                )
            },
        )
    }
)
