"""Cluster n8n-prod/n8n-postgres: spec.imageName: PostgreSQL 18 cannot become 17, unless the upgrade to 18 has failed; write an image of 18, or restore a backup of 17 into a new database [major-version-does-not-fall]"""

from tests.valid import database, environment

BEFORE = environment(
    databases={"n8n": database(image="ghcr.io/cloudnative-pg/postgresql:18.4-system-trixie")}
)
AFTER = environment(
    databases={"n8n": database(image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie")}
)
