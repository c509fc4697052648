"""Cluster n8n-prod/n8n-postgres: spec.postgresql.extensions: 'ghcr.io/cloudnative-pg/pgvector:0.8.1-18-trixie' becomes 'ghcr.io/cloudnative-pg/pgvector:0.8.2-18-trixie', which restarts each instance, the primary last; apply it while a restart is acceptable [loaded-libraries-restart-instances]"""

from tests.valid import database, environment, extension_image

BEFORE = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:18.4-minimal-trixie",
            extension_images={"pgvector": extension_image()},
        )
    }
)
AFTER = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:18.4-minimal-trixie",
            extension_images={
                "pgvector": extension_image(image="ghcr.io/cloudnative-pg/pgvector:0.8.2-18-trixie")
            },
        )
    }
)
