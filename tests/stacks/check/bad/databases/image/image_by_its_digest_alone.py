"""databases.n8n.image: 'ghcr.io/cloudnative-pg/postgresql@sha256:5555555555555555555555555555555555555555555555555555555555555555' does not name PostgreSQL's version; write a tag that begins with it, like '17.6-system-trixie', also before a digest [postgres-image-names-version]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql@sha256:5555555555555555555555555555555555555555555555555555555555555555"
        )
    }
)
