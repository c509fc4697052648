"""databases.n8n.extension_images.PostGIS: 'PostGIS' is not a name for a volume; write at most 59 lower-case letters, digits, '-' and '_', like 'pgvector' [extension-image-name-is-valid]"""

from tests.valid import database, environment, extension_image

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:18.4-minimal-trixie",
            extension_images={"PostGIS": extension_image()},
        )
    }
)
