"""databases.n8n.image: 'ghcr.io/cloudnative-pg/postgresql' names no fixed version; write 'ghcr.io/cloudnative-pg/postgresql:<tag>' or 'ghcr.io/cloudnative-pg/postgresql@sha256:<digest>' [image-is-pinned]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(image="ghcr.io/cloudnative-pg/postgresql")})
