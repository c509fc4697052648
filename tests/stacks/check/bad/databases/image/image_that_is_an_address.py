"""databases.n8n.image: 'https://ghcr.io/cloudnative-pg/postgresql:17.6' is not an image; write '<registry>/<name>:<tag>' [image-is-pinned]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(image="https://ghcr.io/cloudnative-pg/postgresql:17.6")}
)
