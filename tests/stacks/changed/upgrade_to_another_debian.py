"""Cluster n8n-prod/n8n-postgres: spec.imageName: a major upgrade from bookworm to trixie is not supported; write an image of 18 on bookworm, and change Debian in another step [major-upgrade-is-supported]
Cluster n8n-prod/n8n-postgres: spec.imageName: PostgreSQL 17 becomes 18: all instances stop meanwhile, and the recovery window begins with the first base backup in 'n8n-postgres-g2'; have a fresh base backup in 'n8n-postgres' before, see that the new one completes, then run ANALYZE (docs/runbooks/major-upgrade.md) [major-upgrade-begins-a-window]"""

from tests.valid import database, environment, upgrade

BEFORE = environment(
    databases={"n8n": database(image="ghcr.io/cloudnative-pg/postgresql:17.6-system-bookworm")}
)
AFTER = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:18.4-system-trixie",
            generations=[upgrade(from_major=17)],
        )
    }
)
