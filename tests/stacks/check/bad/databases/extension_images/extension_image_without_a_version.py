"""databases.n8n.extension_images.pgvector.image: 'ghcr.io/cloudnative-pg/pgvector' names no fixed version; write 'ghcr.io/cloudnative-pg/pgvector:<tag>' or 'ghcr.io/cloudnative-pg/pgvector@sha256:<digest>' [image-is-pinned]"""

from tests.valid import database, environment, extension_image

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:18.4-minimal-trixie",
            extension_images={"pgvector": extension_image(image="ghcr.io/cloudnative-pg/pgvector")},
        )
    }
)
