"""databases.n8n.image: 'ghcr.io/cloudnative-pg/postgresql:12.20-system-bookworm' is PostgreSQL 12, which CloudNativePG refuses; write an image of PostgreSQL 13 or later [postgresql-is-supported]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(image="ghcr.io/cloudnative-pg/postgresql:12.20-system-bookworm")}
)
