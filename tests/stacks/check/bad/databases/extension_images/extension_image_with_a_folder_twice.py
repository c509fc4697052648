"""databases.n8n.extension_images.pgvector.ld_library_path: 'system' is listed twice; write it once [paths-are-listed-once]"""

from tests.valid import database, environment, extension_image

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:18.4-minimal-trixie",
            extension_images={"pgvector": extension_image(ld_library_path=["system", "system"])},
        )
    }
)
