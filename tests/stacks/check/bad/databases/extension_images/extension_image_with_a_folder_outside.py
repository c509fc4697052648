"""databases.n8n.extension_images.pgvector.ld_library_path.0: '../system' is not a folder of the image; write one like 'lib' [path-is-inside-image]"""

from tests.valid import database, environment, extension_image

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:18.4-minimal-trixie",
            extension_images={"pgvector": extension_image(ld_library_path=["../system"])},
        )
    }
)
