"""Cluster n8n-prod/n8n-postgres: spec.imageName: PostgreSQL 17 becomes 18, another database system, in the archive 'n8n-postgres' of the old one; add UpgradeSpec(from_major=17) to generations [major-upgrade-has-its-own-archive]"""

from tests.valid import database, environment

BEFORE = environment(
    databases={"n8n": database(image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie")}
)
AFTER = environment(
    databases={"n8n": database(image="ghcr.io/cloudnative-pg/postgresql:18.4-system-trixie")}
)
