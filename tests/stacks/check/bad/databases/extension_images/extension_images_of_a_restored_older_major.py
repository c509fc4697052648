"""databases.n8n.extension_images: generation 3 is PostgreSQL 17, and extension_images are for 18; use an image of 17 that contains the extensions, or restore before the upgrade is declared [extension-images-fit-each-generation]"""

from tests.valid import database, environment, extension_image, restore, upgrade

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:18.4-minimal-trixie",
            extension_images={"pgvector": extension_image()},
            generations=[
                upgrade(from_major=17),
                restore(source=1, image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie"),
            ],
            active=2,
        )
    }
)
