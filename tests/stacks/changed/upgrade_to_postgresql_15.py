"""Cluster n8n-prod/n8n-postgres: spec.imageName: CloudNativePG upgrades to PostgreSQL 16 and newer, not to 15; write an image of 16 or newer [major-upgrade-is-supported]
Cluster n8n-prod/n8n-postgres: spec.imageName: PostgreSQL 14 becomes 15: all instances stop meanwhile, and the recovery window begins with the first base backup in 'n8n-postgres-g2'; have a fresh base backup in 'n8n-postgres' before, see that the new one completes, then run ANALYZE (docs/runbooks/major-upgrade.md) [major-upgrade-begins-a-window]"""

from tests.valid import database, environment, upgrade

BEFORE = environment(
    databases={"n8n": database(image="ghcr.io/cloudnative-pg/postgresql:14.19-system-bookworm")}
)
AFTER = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:15.14-system-bookworm",
            generations=[upgrade(from_major=14)],
        )
    }
)
