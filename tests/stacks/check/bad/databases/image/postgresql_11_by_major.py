"""databases.n8n.image: 'ghcr.io/cloudnative-pg/postgresql:11-bookworm' is PostgreSQL 11, which CloudNativePG refuses; write an image of PostgreSQL 13 or later [postgresql-is-supported]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(image="ghcr.io/cloudnative-pg/postgresql:11-bookworm")}
)
