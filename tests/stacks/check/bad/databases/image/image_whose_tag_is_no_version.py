"""databases.n8n.image: 'ghcr.io/cloudnative-pg/postgresql:trixie' does not say which PostgreSQL it is; write a tag that begins with the version, like '17.6-system-trixie', before a digest too [postgres-image-names-version]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(image="ghcr.io/cloudnative-pg/postgresql:trixie")}
)
