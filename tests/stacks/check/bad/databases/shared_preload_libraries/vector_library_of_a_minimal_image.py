"""databases.n8n.shared_preload_libraries: 'vector' is not in 'ghcr.io/cloudnative-pg/postgresql:18.4-minimal-trixie', and PostgreSQL does not start without it; use an image that has it, or add its extension_images [preloaded-library-is-in-image]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:18.4-minimal-trixie",
            shared_preload_libraries=["vector"],
        )
    }
)
