"""databases.n8n.extension_images: 'pg-ivm' and 'pg_ivm' are the same volume; choose another name [extension-image-names-differ]"""

from tests.valid import database, environment, extension_image

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:18.4-minimal-trixie",
            extension_images={"pg_ivm": extension_image(), "pg-ivm": extension_image()},
        )
    }
)
