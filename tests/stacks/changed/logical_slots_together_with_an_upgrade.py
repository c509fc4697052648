"""Cluster n8n-prod/n8n-postgres: spec.postgresql.parameters.sync_replication_slots: PostgreSQL 16, which pg_upgrade runs too, does not know it; set it once the upgrade is done [upgrade-adds-no-newer-parameter]
Cluster n8n-prod/n8n-postgres: spec.imageName: PostgreSQL 16 becomes 17: all instances stop meanwhile, and the recovery window begins with the first base backup in 'n8n-postgres-g2'; have a fresh base backup in 'n8n-postgres' before, see that the new one completes, then run ANALYZE (docs/runbooks/major-upgrade.md) [major-upgrade-begins-a-window]"""

from tests.valid import database, environment, upgrade

BEFORE = environment(
    databases={"n8n": database(image="ghcr.io/cloudnative-pg/postgresql:16.10-system-trixie")}
)
AFTER = environment(
    databases={"n8n": database(generations=[upgrade()], synchronize_logical_decoding=True)}
)
