"""Cluster n8n-prod/n8n-postgres: spec.imageName: the upgrade to 17.5 fails while max_slot_wal_keep_size is set; write 17.6 or newer [major-upgrade-is-supported]
Cluster n8n-prod/n8n-postgres: spec.imageName: PostgreSQL 16 becomes 17: all instances stop meanwhile, and the recovery window begins with the first base backup in 'n8n-postgres-g2'; have a fresh base backup in 'n8n-postgres' before, see that the new one completes, then run ANALYZE (docs/runbooks/major-upgrade.md) [major-upgrade-begins-a-window]"""

from tests.valid import database, environment, upgrade

BEFORE = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:16.9-system-bookworm",
            parameters={"max_slot_wal_keep_size": "4GB"},
        )
    }
)
AFTER = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:17.5-system-bookworm",
            parameters={"max_slot_wal_keep_size": "4GB"},
            generations=[upgrade(from_major=16)],
        )
    }
)
