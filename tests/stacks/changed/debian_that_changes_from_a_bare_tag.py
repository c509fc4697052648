"""Cluster n8n-prod/n8n-postgres: spec.imageName: bullseye becomes trixie, which may sort texts otherwise, and indexes on texts then miss rows; run REINDEX and ALTER DATABASE ... REFRESH COLLATION VERSION in each database right after [collations-follow-the-image]"""

from tests.valid import database, environment

BEFORE = environment(databases={"n8n": database(image="ghcr.io/cloudnative-pg/postgresql:17.6")})
AFTER = environment(
    databases={"n8n": database(image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie")}
)
