"""databases.n8n.extension_images.pgvector.image: PostgreSQL 18 is the first that loads extensions from images, and 'ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie' is 17; use an image that contains the extension [extension-image-fits-postgresql]"""

from tests.valid import database, environment, extension_image

ENVIRONMENT = environment(
    databases={"n8n": database(extension_images={"pgvector": extension_image()})}
)
